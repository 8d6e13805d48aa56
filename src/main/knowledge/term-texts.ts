import type { Condition, Lexicon, PackContent } from '@shared/domain'
import { characterKind, kinds } from './characters'
import { spread } from './spread'

/** What of a pack can speak about its own words: its lexicons, and rules that ask for words alone. */
export const wordParts = <Content extends Pick<PackContent, 'lexicons' | 'rules'>>(
  content: Content,
): Content => ({ ...content, rules: content.rules.filter(({ when }) => asksForWords(when)) })

/** Others, such as one for short texts, would fire in nearly every text that is made of words. */
function asksForWords(condition: Condition): boolean {
  switch (condition.kind) {
    case 'contains':
      return condition.match !== 'regex'
    case 'count':
    case 'near':
      return true
    case 'all':
    case 'any':
      return condition.conditions.every(asksForWords)
    case 'not':
    case 'regex':
    case 'length':
    case 'column':
      return false
  }
}

/**
 * Short texts made of a pack's own words: each term of its lexicons, alone, after the first word that
 * negates it and before another term, and what its rules ask for. Patterns and stems are no words. Of
 * a lexicon with more than `most` terms some are taken that lie evenly. What the pack says of a text
 * is for the pack to tell.
 */
export function termTexts(
  content: Pick<PackContent, 'lexicons' | 'rules'>,
  most: number,
): readonly string[] {
  const { lexicons, rules } = wordParts(content)
  const texts = new Set<string>()
  for (const lexicon of lexicons) for (const text of textsOfLexicon(lexicon, most)) texts.add(text)
  for (const { when } of rules) for (const text of textsOf(when)) texts.add(text)
  return [...texts]
}

function* textsOfLexicon(
  { match, entries, negation }: Lexicon,
  most: number,
): Generator<string, void, undefined> {
  if (match === 'regex' || match === 'stem') return
  const [negator] = negation?.words ?? []
  const terms = Array.from(spread(entries.length, most), (at) => entries[at]?.term ?? '')
  for (const [at, term] of terms.entries()) {
    yield term
    if (negator !== undefined) yield joined(negator, term)
    const other = terms[(at * stride + 1) % terms.length] ?? term
    if (other !== term) yield joined(term, other)
  }
}

/** Prime, and large enough that terms meet others from anywhere in a lexicon. */
const stride = 1_000_003

/** Some of the texts in which a rule of such a condition fires. */
function textsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'contains':
      return [condition.term]
    case 'count':
      return [Array.from({ length: condition.atLeast }, () => condition.term).reduce(joined)]
    case 'near':
      return [joined(condition.first, condition.second)]
    case 'any':
      return condition.conditions.flatMap(textsOf)
    case 'all':
      return [condition.conditions.flatMap((one) => textsOf(one).slice(0, 1)).reduce(joined, '')]
    case 'not':
    case 'regex':
    case 'length':
    case 'column':
      return []
  }
}

/** Scripts that are written without spaces are joined without one. */
function joined(first: string, second: string): string {
  if (first === '') return second
  const between = isIdeograph([...first].at(-1)) || isIdeograph([...second][0]) ? '' : ' '
  return `${first}${between}${second}`
}

const isIdeograph = (character: string | undefined): boolean =>
  character !== undefined && characterKind(character.codePointAt(0) ?? 0) === kinds.ideograph
