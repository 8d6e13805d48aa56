import type { Condition, Lexicon, PackContent } from '@shared/domain'

/**
 * Short texts made of a pack's own words: each term of its lexicons, alone and after the first word
 * that negates it, and each term that a rule looks for. Patterns are no words. What the pack says of a
 * text is for the pack to tell.
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
  for (const { term } of entries) {
    yield term
    if (negator !== undefined) yield `${negator} ${term}`
  }
}

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
