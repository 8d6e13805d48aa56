import type { PieceId, PieceReport, Rule } from '@shared/domain'
import { conditionText } from './ruleSentence'

export const ruleOrders = ['pack', 'coverage', 'accuracy', 'conflicts'] as const
export type RuleOrder = (typeof ruleOrders)[number]

export interface RuleChoice {
  readonly filter: string
  /** null: all classes. */
  readonly label: string | null
  readonly order: RuleOrder
}

export const ruleId = ({ id }: Pick<Rule, 'id'>): PieceId => `rule:${id}`

/** Places of the rules that are shown, in their order; rules without a number stand last. */
export function shownRules(
  rules: readonly Rule[],
  reports: ReadonlyMap<PieceId, PieceReport>,
  { filter, label, order }: RuleChoice,
): readonly number[] {
  const words = filter
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const places = [...rules.keys()].filter((place) => {
    const rule = rules[place]
    if (rule === undefined || (label !== null && rule.label !== label)) return false
    if (words.length === 0) return true
    const text = [rule.id, rule.note, rule.label, conditionText(rule.when)]
      .join('\n')
      .toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
  if (order === 'pack') return places
  const number = (place: number): number => {
    const rule = rules[place]
    const report = rule === undefined ? undefined : reports.get(ruleId(rule))
    const value = order === 'coverage' ? report?.covered : report?.[order]
    return value ?? Number.NEGATIVE_INFINITY
  }
  return places
    .map((place) => ({ place, value: number(place) }))
    .sort((a, b) => (a.value === b.value ? a.place - b.place : b.value - a.value))
    .map(({ place }) => place)
}
