import type { PackProblem } from '@shared/domain'

export type Path = readonly (string | number)[]

/** Where a part of a pack is written: `['rules', 2, 'label']` → rules.yaml, line 9. */
export type PlaceOf = (path: Path) => { readonly file: string; readonly line: number | null } | null

/** Takes down one problem. `file`: where it stands when nobody knows better. */
export type Report = (
  severity: PackProblem['severity'],
  at: { readonly path: Path; readonly file: string; readonly field: string | null },
  message: string,
) => void

export function createReport(placeOf: PlaceOf): {
  readonly report: Report
  readonly problems: readonly PackProblem[]
} {
  const problems: PackProblem[] = []
  const report: Report = (severity, { path, file, field }, message) => {
    problems.push({ severity, ...(placeOf(path) ?? { file, line: null }), field, message })
  }
  return { report, problems }
}

// eslint-disable-next-line no-control-regex -- these are what a term must not hold
const control = /[\0-\x1f\x7f]/

/** Why a term cannot be used; null where it can. */
export function termFault(term: string): string | null {
  if (term.trim() === '') return 'The term is empty. Write one or delete the line.'
  if (term !== term.trim()) return `"${term}" begins or ends with a space. Delete it.`
  if (control.test(term)) return 'The term holds a line break or a control character.'
  return null
}

/** What is said of a label that the manifest does not list; null where it does. */
export const labelFault = (label: string, labels: readonly string[]): string | null =>
  labels.includes(label)
    ? null
    : `The pack has no label "${label}". Add it to labels in pack.yaml, or choose one of ${labels.slice(0, 10).join(', ') || 'those (there are none)'}.`
