/** So many positions at most, that lie evenly among all. */
export function spread(count: number, most: number): Int32Array {
  const stride = Math.max(1, count / most)
  return Int32Array.from({ length: Math.min(count, most) }, (_, at) => Math.floor(at * stride))
}

/** So many rows at most, that lie evenly among all. */
export const someOf = (rows: Int32Array, most: number): Int32Array =>
  spread(rows.length, most).map((at) => rows[at] ?? 0)
