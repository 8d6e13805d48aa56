import type { Condition, PackContent } from '@shared/domain'

/** What a pack says in words, its corpus aside. */
export function* textsOf(content: PackContent): Generator<string, void, undefined> {
  for (const { entries } of content.lexicons) for (const { term } of entries) yield term
  for (const { when, note } of content.rules) {
    yield note
    yield* termsOf(when)
  }
  for (const { term } of content.rationales) yield term
  yield* content.vocabulary
  for (const { head, relation, tail } of content.triples) yield `${head} ${relation} ${tail}`
}

function* termsOf(condition: Condition): Generator<string, void, undefined> {
  switch (condition.kind) {
    case 'contains':
    case 'count':
      yield condition.term
      return
    case 'regex':
      yield condition.pattern
      return
    case 'near':
      yield `${condition.first} ${condition.second}`
      return
    case 'not':
      yield* termsOf(condition.condition)
      return
    case 'all':
    case 'any':
      for (const one of condition.conditions) yield* termsOf(one)
      return
    case 'length':
    case 'column':
  }
}
