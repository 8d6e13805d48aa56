const z = 1.959963984540054

/**
 * The 95% interval of a share of which `correct` of `total` were seen (Wilson 1927). Within 0 and
 * 1 also for few rows; [0, 1] for none.
 */
export function wilsonInterval(correct: number, total: number): readonly [number, number] {
  if (total === 0) return [0, 1]
  const share = correct / total
  const scale = 1 + z ** 2 / total
  const centre = (share + z ** 2 / (2 * total)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / total + (z / (2 * total)) ** 2)
  return [
    correct === 0 ? 0 : Math.max(0, centre - half),
    correct === total ? 1 : Math.min(1, centre + half),
  ]
}
