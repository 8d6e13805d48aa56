/**
 * Holm's step-down correction (Holm 1979): p-values of several tests so that the chance of any
 * false finding among them stays at the level. In the order given; each at most 1.
 */
export function holmCorrected(pValues: readonly number[]): readonly number[] {
  const ascending = pValues.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p)
  const corrected = new Array<number>(pValues.length).fill(1)
  let most = 0
  ascending.forEach(({ p, at }, rank) => {
    most = Math.max(most, Math.min(1, p * (pValues.length - rank)))
    corrected[at] = most
  })
  return corrected
}
