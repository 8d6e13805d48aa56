import type { Condition, Lexicon, PackContent } from '@shared/domain'

/**
 * Short texts made of a pack's own words: each term of its lexicons, alone, after the first word that
 * negates it and before another term, and each term that a rule looks for. Patterns are no words. What
 * the pack says of a text is for the pack to tell.
 */
export function termTexts({
  lexicons,
  rules,
}: Pick<PackContent, 'lexicons' | 'rules'>): readonly string[] {
  const texts = new Set<string>()
  for (const lexicon of lexicons) for (const text of textsOfLexicon(lexicon)) texts.add(text)
  for (const { when } of rules) for (const text of termsOf(when)) texts.add(text)
  return [...texts]
}

function* textsOfLexicon({
  match,
  entries,
  negation,
}: Lexicon): Generator<string, void, undefined> {
  if (match === 'regex') return
  const [negator] = negation?.words ?? []
  for (const [at, { term }] of entries.entries()) {
    yield term
    if (negator !== undefined) yield `${negator} ${term}`
    const other = entries[(at * stride + 1) % entries.length]?.term ?? term
    if (other !== term) yield `${term} ${other}`
  }
}

/** Prime, and large enough that terms meet others from anywhere in a lexicon. */
const stride = 1_000_003

function* termsOf(condition: Condition): Generator<string, void, undefined> {
  switch (condition.kind) {
    case 'contains':
    case 'count':
      yield condition.term
      return
    case 'near':
      yield `${condition.first} ${condition.second}`
      return
    case 'all':
    case 'any':
      for (const one of condition.conditions) yield* termsOf(one)
      return
    case 'not':
    case 'regex':
    case 'length':
    case 'column':
  }
}
