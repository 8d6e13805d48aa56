import type { Condition, PackContent } from '@shared/domain'
import { conditionLimits, nestingOf } from '@shared/domain/condition-file'
import { patternFault } from './patterns'
import type { Path, Report } from './report'
import { labelFault, termFault } from './report'

const file = 'rules.yaml'

export function checkRules({ rules, labels }: PackContent, report: Report): void {
  const ids = new Set<string>()
  rules.forEach(({ id, when, label, confidence }, index) => {
    const at = (field: string): { path: Path; file: string; field: string } => ({
      path: ['rules', index, field],
      file,
      field: field === 'id' ? id : `${id}.${field}`,
    })
    const fault = termFault(id)
    if (fault !== null) report('error', at('id'), 'The id is empty or has spaces around it.')
    if (ids.has(id)) report('error', at('id'), `There are two rules "${id}". Rename one.`)
    ids.add(id)
    const unknown = labelFault(label, labels)
    if (unknown !== null) report('error', at('label'), unknown)
    if (!(confidence >= 0 && confidence <= 1)) {
      report('error', at('confidence'), 'The confidence must lie between 0 and 1.')
    } else if (labels.length > 1 && confidence <= 1 / labels.length) {
      const message = `${confidence} is no more than chance among ${labels.length} labels.`
      report('warning', at('confidence'), message)
    }
    if (nestingOf(when) > conditionLimits.nested) {
      const message = `Conditions are nested more than ${conditionLimits.nested} times.`
      report('error', at('when'), message)
    }
    for (const message of conditionFaults(when)) report('error', at('when'), message)
  })
}

/** What is wrong with a condition and those inside it. */
function conditionFaults(condition: Condition): readonly string[] {
  const faults = (...found: readonly (string | null)[]): readonly string[] =>
    found.filter((each) => each !== null)
  switch (condition.kind) {
    case 'contains':
      return faults(
        termFault(condition.term) ??
          (condition.match === 'regex' ? patternFault(condition.term) : null),
      )
    case 'regex':
      return faults(
        condition.pattern === '' ? 'The pattern is empty.' : patternFault(condition.pattern),
      )
    case 'near':
      return faults(
        termFault(condition.first),
        termFault(condition.second),
        isCount(condition.within, 0) ? null : 'within must be a whole number of words.',
      )
    case 'not':
      return conditionFaults(condition.condition)
    case 'all':
    case 'any':
      return condition.conditions.length === 0
        ? [`${condition.kind} has no conditions.`]
        : condition.conditions.flatMap(conditionFaults)
    case 'count':
      return faults(
        termFault(condition.term),
        isCount(condition.atLeast, 1) ? null : 'atLeast must be a whole number above 0.',
      )
    case 'length':
      return faults(boundsFault(condition, true))
    case 'column':
      return faults(
        condition.column.trim() === '' ? 'The name of the column is empty.' : null,
        boundsFault(condition, condition.equals === null),
      )
  }
}

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least

function boundsFault(
  { atLeast, atMost }: { readonly atLeast: number | null; readonly atMost: number | null },
  needed: boolean,
): string | null {
  if (atLeast === null && atMost === null) {
    return needed ? 'A bound is missing: write atLeast, atMost or both.' : null
  }
  if ([atLeast, atMost].some((bound) => bound !== null && !Number.isFinite(bound))) {
    return 'A bound must be a number.'
  }
  return atLeast !== null && atMost !== null && atLeast > atMost
    ? `atLeast ${atLeast} is above atMost ${atMost}: no row can be both.`
    : null
}
