import type { Condition } from '@shared/domain'
import { usualMatch } from '@shared/domain/condition-file'
import { removeAt, replaceAt } from './lists'

export type ConditionKind = Condition['kind']

/** In the order in which they are offered. */
export const conditionKinds: readonly ConditionKind[] = [
  'contains',
  'regex',
  'near',
  'count',
  'length',
  'column',
  'all',
  'any',
  'not',
]

export function emptyCondition(kind: ConditionKind, text = ''): Condition {
  switch (kind) {
    case 'contains':
      return { kind, term: text, match: usualMatch(text) }
    case 'regex':
      return { kind, pattern: text }
    case 'near':
      return { kind, first: text, second: '', within: 3 }
    case 'count':
      return { kind, term: text, atLeast: 2 }
    case 'length':
      return { kind, unit: 'words', atLeast: 10, atMost: null }
    case 'column':
      return { kind, column: '', equals: text, atLeast: null, atMost: null }
    case 'not':
      return { kind, condition: emptyCondition('contains', text) }
    case 'all':
    case 'any':
      return { kind, conditions: [emptyCondition('contains', text)] }
  }
}

/** The text that says what a condition looks for, kept when its kind changes. */
function textOf(condition: Condition): string {
  switch (condition.kind) {
    case 'contains':
    case 'count':
      return condition.term
    case 'regex':
      return condition.pattern
    case 'near':
      return condition.first
    case 'column':
      return condition.equals ?? ''
    default:
      return ''
  }
}

/**
 * The same condition as another kind: groups keep what they hold, a single condition goes into the
 * group, a group of one comes out of it.
 */
export function asKind(condition: Condition, kind: ConditionKind): Condition {
  if (condition.kind === kind) return condition
  const inner = childrenOf(condition)
  if (kind === 'all' || kind === 'any') {
    return { kind, conditions: inner.length > 0 ? inner : [condition] }
  }
  if (kind === 'not') {
    const only = inner.length === 1 ? inner[0] : undefined
    return { kind, condition: only ?? condition }
  }
  const first = inner[0]
  if (first !== undefined) return asKind(first, kind)
  return emptyCondition(kind, textOf(condition))
}

export function childrenOf(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.conditions
    case 'not':
      return [condition.condition]
    default:
      return []
  }
}

/** A condition with the ones inside it replaced; null where a group is left empty. */
export function withChildren(
  condition: Condition,
  children: readonly Condition[],
): Condition | null {
  const [first] = children
  switch (condition.kind) {
    case 'all':
    case 'any':
      return first === undefined ? null : { ...condition, conditions: children }
    case 'not':
      return first === undefined ? null : { ...condition, condition: first }
    default:
      return condition
  }
}

/** With the condition at a place inside it replaced, or taken out with null. */
export const withChild = (
  condition: Condition,
  place: number,
  next: Condition | null,
): Condition | null => {
  const children = childrenOf(condition)
  return withChildren(
    condition,
    next === null ? removeAt(children, [place]) : replaceAt(children, place, next),
  )
}

/** A term typed into a condition; the way it is found follows where it is the usual one. */
export function withTerm(
  condition: Extract<Condition, { kind: 'contains' }>,
  term: string,
): Condition {
  const usual = condition.match === usualMatch(condition.term)
  return { ...condition, term, match: usual ? usualMatch(term) : condition.match }
}

/** Whether a condition has everything that it needs to be looked for. */
export function isComplete(condition: Condition): boolean {
  switch (condition.kind) {
    case 'contains':
    case 'count':
      return condition.term.trim() !== ''
    case 'regex':
      return condition.pattern !== ''
    case 'near':
      return condition.first.trim() !== '' && condition.second.trim() !== ''
    case 'length':
      return condition.atLeast !== null || condition.atMost !== null
    case 'column':
      return (
        condition.column.trim() !== '' &&
        (condition.equals !== null || condition.atLeast !== null || condition.atMost !== null)
      )
    default:
      return childrenOf(condition).every(isComplete)
  }
}
