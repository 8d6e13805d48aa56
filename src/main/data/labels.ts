import type { ColumnRoles, DataRow, TaskKind } from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'

export type Label = DataRow['label']

/** The label of a row, or the reason why the row is refused. */
export type LabelResult =
  | { readonly kind: 'label'; readonly label: Label }
  | { readonly kind: 'bad'; readonly reason: string }

/** More classes than this mean that the column is no label. */
export const mostClasses = 1000
const mostNumberClasses = 20

/** What the first look at a label column found. */
export interface LabelSurvey {
  readonly values: number
  readonly allNumbers: boolean
  readonly allIntegers: boolean
  readonly distinct: number
}

/** Gathers a survey of the label column, value by value, in bounded memory. */
export class LabelSurveyor {
  private values = 0
  private numbers = 0
  private integers = 0
  private readonly distinct = new Set<string>()

  add(value: string | null | undefined): void {
    const text = value?.trim() ?? ''
    if (text === '') return
    this.values += 1
    const number = Number(text)
    if (Number.isFinite(number)) this.numbers += 1
    if (Number.isSafeInteger(number)) this.integers += 1
    if (this.distinct.size <= mostClasses) this.distinct.add(text)
  }

  result(): LabelSurvey {
    return {
      values: this.values,
      allNumbers: this.numbers === this.values,
      allIntegers: this.integers === this.values,
      distinct: this.distinct.size,
    }
  }
}

/**
 * What is learned from a label column: several labels where there is a separator; classes where
 * there are cut points, texts, or few whole numbers; otherwise the number itself.
 */
export function inferTask(roles: ColumnRoles, survey: LabelSurvey): TaskKind {
  if (roles.labelSeparator !== null) return 'multi-label'
  if (roles.cut.length > 0 || roles.label === null) return 'single-label'
  if (survey.values === 0 || !survey.allNumbers) return 'single-label'
  return survey.allIntegers && survey.distinct <= mostNumberClasses ? 'single-label' : 'regression'
}

/**
 * How the text of a label field becomes a label. An empty one of classes is no label where `open`
 * says so: the row can teach without one, but not be judged by.
 */
export function labelReader(
  task: TaskKind,
  roles: ColumnRoles,
  open = false,
): (value: string | null | undefined) => LabelResult {
  if (roles.label === null) return () => ({ kind: 'label', label: null })
  const column = roles.label
  const missing: LabelResult = { kind: 'bad', reason: `The label ("${column}") is missing.` }
  const notNumber = (text: string): LabelResult => ({
    kind: 'bad',
    reason: `The label ("${column}") is ${JSON.stringify(text.slice(0, 40))}, a number is needed.`,
  })
  if (task === 'multi-label') {
    return (value) => ({ kind: 'label', label: splitLabels(value ?? '', roles.labelSeparator) })
  }
  return (value) => {
    const text = value?.trim() ?? ''
    if (text === '') {
      return open && task === 'single-label' ? { kind: 'label', label: null } : missing
    }
    if (task === 'single-label' && roles.cut.length === 0) return { kind: 'label', label: text }
    const number = Number(text)
    if (!Number.isFinite(number)) return notNumber(text)
    return { kind: 'label', label: task === 'regression' ? number : cutLabel(number, roles) }
  }
}

/** The class of a number: as many cut points as are at or below it. */
function cutLabel(value: number, roles: Pick<ColumnRoles, 'cut' | 'cutNames'>): string {
  const index = roles.cut.filter((point) => value >= point).length
  return roles.cutNames[index] ?? String(index)
}

/** Labels of one field: a JSON list, or texts between separators. Repeated ones count once. */
function splitLabels(value: string, separator: string | null): readonly string[] {
  const parts = listOf(value) ?? value.split(separator ?? ',')
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
}

function listOf(value: string): readonly string[] | undefined {
  if (!value.trimStart().startsWith('[')) return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) ? parsed.map(String) : undefined
  } catch {
    return undefined
  }
}

/** Classes in a fixed order: cut points ascend, numbers by value, texts by code unit. */
export function orderLabels(found: Iterable<string>, roles: ColumnRoles): readonly string[] {
  const labels = [...found]
  if (roles.cut.length > 0) return roles.cutNames.filter((name) => labels.includes(name))
  return labels.every((label) => Number.isFinite(Number(label)))
    ? labels.sort((a, b) => Number(a) - Number(b))
    : labels.sort((a, b) => (a < b ? -1 : 1))
}

/** Throws data.oneClass when there is nothing to tell apart, data.format for too many classes. */
export function requireClasses(
  task: TaskKind,
  labels: readonly string[],
  column: string,
  file: string,
): void {
  const details = { file, column, labels: labels.slice(0, 20) }
  if (task === 'regression') return
  if (labels.length > mostClasses) {
    throw new GraftError(
      'data.format',
      `The column "${column}" of ${file} has more than ${mostClasses} different values. Is it the label? Numbers can be cut into classes.`,
      details,
    )
  }
  if (labels.length >= 2 || (task === 'multi-label' && labels.length === 1)) return
  throw new GraftError(
    'data.oneClass',
    labels.length === 0
      ? `The column "${column}" of ${file} has no label at all.`
      : `The column "${column}" of ${file} has only one class, "${labels[0] ?? ''}". Two are needed to learn a difference.`,
    details,
  )
}
