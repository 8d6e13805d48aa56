import { foldCase } from './folding'

/** Folded strings of which one at least has to stand in a folded text. */
export type Alternatives = readonly string[]

/**
 * What must stand in any text that a regular expression matches, a quick test before the slow one:
 * of each of these alternatives one string, the most telling alternatives first. Empty where
 * nothing is sure.
 */
export function requiredLiterals(source: string): readonly Alternatives[] {
  const reader = { source, at: 0 }
  const found = readAlternatives(reader)
  if (reader.at < source.length) return []
  return found.map((strings) => [...new Set(strings.map(foldCase))]).toSorted(byWorth)
}

interface Reader {
  readonly source: string
  at: number
}

/** Most telling first. */
const byWorth = (a: Alternatives, b: Alternatives): number => worth(b) - worth(a)

const worth = (strings: Alternatives): number => Math.min(...strings.map((text) => text.length))

const mostAlternatives = 32

function readAlternatives(reader: Reader): readonly Alternatives[] {
  const first = readSequence(reader)
  if (reader.source[reader.at] !== '|') return first
  const branches = [first]
  while (reader.source[reader.at] === '|') {
    reader.at += 1
    branches.push(readSequence(reader))
  }
  const best = branches.map((branch) => branch.toSorted(byWorth)[0])
  const all = best.flatMap((strings) => strings ?? [])
  return best.includes(undefined) || all.length > mostAlternatives ? [] : [all]
}

/** What all parts of a sequence need. */
function readSequence(reader: Reader): readonly Alternatives[] {
  const { source } = reader
  const needed: Alternatives[] = []
  let run = ''
  const endRun = (): void => {
    if (run !== '') needed.push([run])
    run = ''
  }
  while (reader.at < source.length && source[reader.at] !== '|' && source[reader.at] !== ')') {
    const part = readAtom(reader)
    const repeat = readRepetition(reader)
    if (part.kind === 'unknown') return giveUp(reader)
    if (part.kind === 'character' && repeat === 'once') {
      run += part.text
      continue
    }
    endRun()
    if (repeat === 'optional') continue
    if (part.kind === 'character') needed.push([part.text])
    else if (part.kind === 'group') needed.push(...part.needed)
  }
  endRun()
  return needed
}

/** Leaves the reader in the middle, which the caller takes for "nothing is known". */
function giveUp(reader: Reader): readonly Alternatives[] {
  reader.at = -1
  return []
}

type Atom =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'group'; readonly needed: readonly Alternatives[] }
  | { readonly kind: 'other' }
  | { readonly kind: 'unknown' }

const other: Atom = { kind: 'other' }
const unknown: Atom = { kind: 'unknown' }

function readAtom(reader: Reader): Atom {
  const { source } = reader
  const character = String.fromCodePoint(source.codePointAt(reader.at) ?? 0)
  reader.at += character.length
  switch (character) {
    case '.':
    case '^':
    case '$':
      return other
    case '\\':
      return readEscape(reader)
    case '[':
      return readClass(reader)
    case '(':
      return readGroup(reader)
    default:
      return { kind: 'character', text: character }
  }
}

function readEscape(reader: Reader): Atom {
  const character = reader.source[reader.at] ?? ''
  reader.at += 1
  if (/[dDsSwWbBAz]/.test(character)) return other
  if (/[^\p{L}\p{N}\s]/u.test(character)) return { kind: 'character', text: character }
  return unknown
}

const classBody = /\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/suy

function readClass(reader: Reader): Atom {
  classBody.lastIndex = reader.at
  const found = classBody.exec(reader.source)
  if (found === null) return unknown
  reader.at = classBody.lastIndex
  return other
}

const groupStart = /\?(?:P?<\w+>|[a-zA-Z-]*:)|(?!\?)/y

function readGroup(reader: Reader): Atom {
  groupStart.lastIndex = reader.at
  if (groupStart.exec(reader.source) === null) return unknown
  reader.at = groupStart.lastIndex
  const needed = readAlternatives(reader)
  if (reader.at < 0 || reader.source[reader.at] !== ')') return unknown
  reader.at += 1
  return { kind: 'group', needed }
}

const repetition = /[*+?]\??|\{(\d+)(?:,\d*)?\}\??/y

function readRepetition(reader: Reader): 'once' | 'optional' | 'repeated' {
  if (reader.at < 0) return 'once'
  repetition.lastIndex = reader.at
  const found = repetition.exec(reader.source)
  if (found === null) return 'once'
  reader.at = repetition.lastIndex
  const optional = found[0].startsWith('*') || found[0].startsWith('?') || Number(found[1]) === 0
  return optional ? 'optional' : 'repeated'
}
