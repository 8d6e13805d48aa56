import { RE2JS, RE2JSException } from 're2js'
import type { Alternatives } from './required-literals'
import { requiredLiterals } from './required-literals'

/** A regular expression that takes time in proportion to the text, whatever it says. */
export interface Pattern {
  readonly source: string
  /** Whether it matches anywhere in the text, be it the empty string. */
  test(text: string): boolean
  /** All matches that are not empty, in order, as [start, end) in UTF-16 units. */
  find(text: string): readonly (readonly [number, number])[]
  /** What stands in every text that matches, folded by `foldCase`. */
  readonly literals: readonly Alternatives[]
}

/**
 * Most characters that all searches in one text may look at together: a pattern such as `.*?b|a`
 * reads to the end of the text for each of its matches. Matches beyond are not found.
 */
const mostCharacters = 1_000_000

/**
 * Compiles a regular expression of the RE2 syntax (Cox 2007), which runs in linear time: there is
 * no pattern that hangs. `\b`, `\w` and `\d` know ASCII only; `\p{L}` knows all letters.
 *
 * Throws SyntaxError, saying what and where, for a damaged pattern and for what RE2 cannot do
 * (look-around, back-references).
 */
export function compilePattern(
  source: string,
  { caseSensitive }: { readonly caseSensitive: boolean },
): Pattern {
  const compiled = compile(source, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE)
  return {
    source,
    test: (text) => compiled.test(text),
    find: (text) => findAll(compiled, text),
    literals: requiredLiterals(source),
  }
}

function compile(source: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(source, flags)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    const reason = error.message.replace(/^error parsing regexp: /, '').replaceAll('`', '"')
    throw new SyntaxError(`${reason}.`, { cause: error })
  }
}

function findAll(compiled: RE2JS, text: string): readonly (readonly [number, number])[] {
  if (!compiled.test(text)) return []
  const matcher = compiled.matcher(text)
  const found: (readonly [number, number])[] = []
  let left = mostCharacters
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()]
    if (end > start) found.push([start, end])
    left -= text.length - end
    if (left <= 0) break
  }
  return found
}

/** What `make` makes; null where a pattern in it is damaged. */
export function undamaged<T>(make: () => T): T | null {
  try {
    return make()
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
