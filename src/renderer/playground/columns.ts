import type { Condition, PackContent } from '@shared/domain'

/** Side columns that the rules of a pack look at, in the order in which they are named. */
export const columnsOf = ({ rules }: PackContent): readonly string[] => [
  ...new Set(rules.flatMap((rule) => named(rule.when))),
]

function named(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'column':
      return [condition.column]
    case 'not':
      return named(condition.condition)
    case 'all':
    case 'any':
      return condition.conditions.flatMap(named)
    case 'contains':
    case 'regex':
    case 'near':
    case 'count':
    case 'length':
      return []
  }
}
