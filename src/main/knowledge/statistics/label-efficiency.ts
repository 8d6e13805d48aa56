/** A measured value at a number of labels. */
export interface LearningPoint {
  readonly labels: number
  readonly value: number
}

/**
 * How many labels a learning curve needs to come to `target`: the first crossing, interpolated on
 * the logarithm of labels. `curve` is in ascending order of labels. A target that its first point
 * meets already gives the labels of that point: fewer were not tried. Null: more than were tried.
 */
export function labelsNeeded(
  curve: readonly LearningPoint[],
  target: number,
  lowerIsBetter = false,
): number | null {
  const sign = lowerIsBetter ? -1 : 1
  const gap = (point: LearningPoint): number => sign * (target - point.value)
  const at = curve.findIndex((point) => gap(point) <= 0)
  const reached = curve[at]
  if (reached === undefined) return null
  const before = curve[at - 1]
  if (before === undefined) return reached.labels
  const share = gap(before) / (gap(before) - gap(reached))
  const [from, to] = [Math.log(before.labels), Math.log(reached.labels)]
  return Math.exp(from + share * (to - from))
}
