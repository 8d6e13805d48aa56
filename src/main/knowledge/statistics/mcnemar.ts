/**
 * McNemar's test in its exact form (McNemar 1947; Edwards 1948), two-sided: of the rows that two
 * models answer differently, whether one is right more often than a fair coin would have it.
 *
 * @param onlyFirst rows that the first model alone gets right
 * @param onlySecond rows that the second alone gets right
 */
export function mcnemarTest(onlyFirst: number, onlySecond: number): number {
  const differing = onlyFirst + onlySecond
  const fewer = Math.min(onlyFirst, onlySecond)
  // P(X ≤ fewer) for X ~ Binomial(differing, ½), term by term in logarithms.
  let logTerm = -differing * Math.LN2
  let tail = Math.exp(logTerm)
  for (let count = 1; count <= fewer; count += 1) {
    logTerm += Math.log((differing - count + 1) / count)
    tail += Math.exp(logTerm)
  }
  return Math.min(1, 2 * tail)
}
