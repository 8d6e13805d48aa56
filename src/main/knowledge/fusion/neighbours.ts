import type { Numbers } from '../softmax'

export type Distance = 'cosine' | 'euclidean'

/** A labelled row close to the one that is asked about. */
export interface Neighbour {
  /** Id of the row in its dataset. */
  readonly id: string
  readonly text: string
  /** Indices of its labels; one for single-label. */
  readonly labels: readonly number[]
  readonly distance: number
}

/** A key that was found. */
export interface NearKey {
  readonly row: number
  readonly distance: number
}

/**
 * Finds the k nearest keys of a query, nearest first, the earlier row first at equal distance.
 * `exclude` is a row of the keys that is left out: the query itself.
 */
export type NeighbourFinder = (query: Numbers, k: number, exclude?: number) => readonly NearKey[]

/**
 * A finder among keys [rows, width]; what it needs of each is computed once. `cosine`: 1 − cos;
 * `euclidean`: the squared distance.
 */
export function neighbourFinder(keys: Numbers, width: number, distance: Distance): NeighbourFinder {
  const rows = width === 0 ? 0 : keys.length / width
  const norms = Float64Array.from({ length: rows }, (_, row) => norm(keys, row * width, width))
  return (query, k, exclude = -1) => {
    const length = norm(query, 0, width)
    const found: NearKey[] = []
    for (let row = 0; row < rows; row += 1) {
      if (row === exclude) continue
      const from = row * width
      let value = 0
      if (distance === 'cosine') {
        for (let j = 0; j < width; j += 1) value += (query[j] ?? 0) * (keys[from + j] ?? 0)
        value = 1 - value / Math.max(length * (norms[row] ?? 0), 1e-12)
      } else {
        for (let j = 0; j < width; j += 1) {
          const apart = (query[j] ?? 0) - (keys[from + j] ?? 0)
          value += apart * apart
        }
      }
      insert(found, { row, distance: value }, k)
    }
    return found
  }
}

function insert(found: NearKey[], candidate: NearKey, k: number): void {
  if (found.length >= k && candidate.distance >= (found.at(-1)?.distance ?? 0)) return
  let at = found.length
  while (at > 0 && (found[at - 1]?.distance ?? 0) > candidate.distance) at -= 1
  found.splice(at, 0, candidate)
  if (found.length > k) found.pop()
}

function norm(values: Numbers, from: number, width: number): number {
  let sum = 0
  for (let j = 0; j < width; j += 1) sum += (values[from + j] ?? 0) ** 2
  return Math.sqrt(sum)
}

/** Share of each neighbour: softmax(−distance / temperature) (Khandelwal et al. 2020, equation 2). */
export function neighbourShares(
  neighbours: readonly { readonly distance: number }[],
  temperature: number,
): number[] {
  const least = Math.min(...neighbours.map((neighbour) => neighbour.distance))
  const weights = neighbours.map(({ distance }) => Math.exp((least - distance) / temperature))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Probability of each class among the neighbours: [classes]; zeros without neighbours. */
export function neighbourProbabilities(
  neighbours: readonly Pick<Neighbour, 'labels' | 'distance'>[],
  classes: number,
  temperature: number,
): Float64Array {
  const probabilities = new Float64Array(classes)
  const shares = neighbourShares(neighbours, temperature)
  neighbours.forEach(({ labels }, at) => {
    for (const label of labels) {
      probabilities[label] = (probabilities[label] ?? 0) + (shares[at] ?? 0)
    }
  })
  return probabilities
}
