import type {
  AblationCell,
  AblationDetail,
  AblationResult,
  AblationRow,
  AblationTest,
} from '@shared/domain'
import { ascending, isArm } from './arms'

export const rowAt = (
  result: AblationResult,
  arm: string,
  labels: number | null,
): AblationRow | null =>
  result.table.find((row) => row.arm === arm && row.labels === labels) ?? null

/** The test of an arm against another at a number of labels. */
export const testAt = (
  result: AblationResult,
  arm: string,
  against: string,
  labels: number | null,
): AblationTest | null =>
  result.tests.find(
    (test) => test.arm === arm && test.against === against && test.labels === labels,
  ) ?? null

/** Arms that have a mean, as the ablation lists them. */
export const presentArms = ({ ablation, result }: AblationDetail): readonly string[] =>
  ablation.arms.filter((arm) => result.table.some((row) => row.arm === arm))

/** Numbers of labels at which any arm has a mean. */
export const presentLabels = ({ result }: AblationDetail): readonly (number | null)[] =>
  ascending(result.table.filter(({ arm }) => isArm(arm)).map(({ labels }) => labels))

export const cellsOf = (
  { cells }: AblationDetail,
  arm: string,
  labels: number | null,
): readonly AblationCell[] =>
  cells.filter((cell) => cell.arm === arm && cell.labels === labels).sort((a, b) => a.seed - b.seed)

/** The pieces that were left out in turn, in the order of the cells. */
export const leftOut = ({ cells }: AblationDetail): readonly string[] => [
  ...new Set(cells.map(({ arm }) => arm).filter((arm) => !isArm(arm))),
]

/** Runs behind the result: what was read with it, not what ended since. */
export const endedCells = ({ cells }: AblationDetail): number =>
  cells.filter(({ state }) => state === 'finished' || state === 'failed').length

/** Whether less of a metric is better. */
export const isLoss = (metric: string): boolean => /(^|\.)(loss|mse|mae)(\.|$)/.test(metric)

/** The arm that is best where labels are fewest; null while none but `none` has a mean. */
export function bestArm(detail: AblationDetail): string | null {
  const { ablation, result } = detail
  const [labels] = presentLabels(detail)
  if (labels === undefined) return null
  const sign = isLoss(ablation.metric) ? -1 : 1
  const rows = result.table.filter(
    (row) => isArm(row.arm) && row.arm !== 'none' && row.labels === labels,
  )
  return rows.sort((a, b) => sign * (b.mean - a.mean))[0]?.arm ?? null
}

/** Runs that a seed takes: arms that come to the same recipe share one. */
export function runsOfSeed({ ablation, cells }: AblationDetail): number {
  const seeds = [...new Set(cells.map(({ seed }) => seed))]
  const counts = seeds.map(
    (one) => new Set(cells.filter(({ seed }) => seed === one).map(({ run }) => run)).size,
  )
  return counts.length > 0 ? Math.max(...counts) : ablation.arms.length * ablation.labels.length
}
