/** A change of a probability in percentage points, signed: "+12.3 pt". */
export function pointsText(change: number): string {
  const points = Math.abs(change * 100).toFixed(1)
  if (points === '0.0') return '0.0 pt'
  return `${change > 0 ? '+' : '−'}${points} pt`
}
