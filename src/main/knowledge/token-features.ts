/** A matrix of which most numbers are 0. */
export interface SparseRows {
  readonly rows: number
  readonly columns: number
  /** Row r has the entries starts[r] to below starts[r + 1]. */
  readonly starts: Int32Array
  /** Column of each entry. */
  readonly places: Int32Array
  readonly values: Float64Array
}

/** Rows that a token or pair stands in, at least: what one row alone has tells nothing of others. */
const leastRows = 2

/**
 * Texts by their tokens and pairs of neighbouring tokens: (1 + ln f) · (1 + ln((1 + n) / (1 + d))) for
 * one that stands f times in the text and in d of n texts, each row of length 1 (Salton & Buckley 1988).
 *
 * @param texts tokens of each text, below 2²⁴; what is below 0 parts its neighbours
 */
export function tokenFeatures(texts: readonly Int32Array[]): SparseRows {
  const counts = texts.map(countTerms)
  const columns = new Map<number, { readonly place: number; readonly weight: number }>()
  for (const [term, rows] of countRows(counts)) {
    if (rows < leastRows) continue
    const weight = 1 + Math.log((1 + texts.length) / (1 + rows))
    columns.set(term, { place: columns.size, weight })
  }
  const starts = new Int32Array(texts.length + 1)
  const places: number[] = []
  const values: number[] = []
  counts.forEach((own, row) => {
    const start = places.length
    let squares = 0
    for (const [term, count] of own) {
      const column = columns.get(term)
      if (column === undefined) continue
      const value = (1 + Math.log(count)) * column.weight
      places.push(column.place)
      values.push(value)
      squares += value * value
    }
    for (let at = start; at < values.length; at += 1) {
      values[at] = (values[at] ?? 0) / Math.sqrt(squares)
    }
    starts[row + 1] = places.length
  })
  return {
    ...{ rows: texts.length, columns: columns.size, starts },
    ...{ places: Int32Array.from(places), values: Float64Array.from(values) },
  }
}

/** How often each token and each pair stands in a text; a pair's number is above every token's. */
function countTerms(tokens: Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  const count = (term: number): void => {
    counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  tokens.forEach((token, at) => {
    if (token < 0) return
    count(token)
    const next = tokens[at + 1] ?? -1
    if (next >= 0) count((token + 1) * mostTokens + next)
  })
  return counts
}

const mostTokens = 2 ** 24

function countRows(counts: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, number> {
  const rows = new Map<number, number>()
  for (const own of counts) for (const term of own.keys()) rows.set(term, (rows.get(term) ?? 0) + 1)
  return rows
}
