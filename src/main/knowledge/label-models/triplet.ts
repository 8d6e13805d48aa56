import { generativeModel } from './generative'
import { boundedAccuracy, evenPosterior, sharesGiven, withPriorWhereSilent } from './naive-bayes'
import {
  everyPieceVaries,
  listVotes,
  type LabelModelFit,
  type VoteList,
  type VoteTable,
} from './votes'

/** Rows in which two pieces must both vote, for their agreement to count. */
const leastOverlap = 10

/**
 * Accuracies in closed form from how often pieces agree (Fu et al. 2020, algorithm 1), for any
 * number of classes K. With errors that are independent and even, a = (K α − 1) / (K − 1) is a
 * correlation: M_ij = (K P(i and j agree | both vote) − 1) / (K − 1) = a_i a_j, for two classes
 * E[λ_i λ_j]. So a_i² = M_ij M_ik / M_jk for every triplet, here all triplets of i together by
 * least squares: Σ w M_ij M_ik M_jk / Σ w M_jk². Pieces are taken to agree with the truth where
 * most of the others speak for them. Pieces without such a triplet have the accuracy of the
 * generative model, as all have where pieces always name one class.
 */
export function tripletModel(table: VoteTable): LabelModelFit {
  const { pieces, labels } = table
  const list = listVotes(table)
  if (!everyPieceVaries(list)) return generativeModel(table)
  const agreement = agreements(list)
  const sizes = Array.from({ length: pieces }, (_, i) => size(agreement, pieces, i))
  const signs = signsOf(agreement, pieces, sizes)
  const needsFallback = sizes.some((one) => one === null)
  const fallback = needsFallback ? generativeModel(table).accuracies : []
  const accuracies = sizes.map((one, i) => {
    if (one === null) return fallback[i] ?? 1 / labels
    const correlation = Math.min(1, one) * (signs[i] ?? 1)
    return boundedAccuracy((1 + (labels - 1) * correlation) / labels)
  })
  const prior = sharesGiven(list, accuracies)
  const probabilities = evenPosterior(list, accuracies, prior)
  return { accuracies, probabilities: withPriorWhereSilent(list, probabilities, prior), prior }
}

interface Agreement {
  /** [pieces, pieces]: M; 0 where the overlap is too small. */
  readonly correlation: Float64Array
  /** [pieces, pieces]: rows in which both vote; 0 where too few. */
  readonly overlap: Float64Array
}

function agreements({ rows, pieces, labels, starts, piece, vote }: VoteList): Agreement {
  const overlap = new Float64Array(pieces * pieces)
  const correlation = new Float64Array(pieces * pieces)
  for (let row = 0; row < rows; row += 1) {
    const [from, to] = [starts[row] ?? 0, starts[row + 1] ?? 0]
    for (let one = from; one < to; one += 1) {
      for (let other = from; other < to; other += 1) {
        if (other === one) continue
        const at = (piece[one] ?? 0) * pieces + (piece[other] ?? 0)
        overlap[at] = (overlap[at] ?? 0) + 1
        if (vote[one] === vote[other]) correlation[at] = (correlation[at] ?? 0) + 1
      }
    }
  }
  for (let at = 0; at < overlap.length; at += 1) {
    const both = overlap[at] ?? 0
    if (both < leastOverlap) {
      overlap[at] = 0
      correlation[at] = 0
    } else correlation[at] = ((labels * (correlation[at] ?? 0)) / both - 1) / (labels - 1)
  }
  return { correlation, overlap }
}

/** |a_i|, or null where no triplet of overlapping pieces holds i. */
function size({ correlation, overlap }: Agreement, pieces: number, i: number): number | null {
  let above = 0
  let below = 0
  const partners: number[] = []
  for (let j = 0; j < pieces; j += 1) if ((overlap[i * pieces + j] ?? 0) > 0) partners.push(j)
  for (const j of partners) {
    for (const k of partners) {
      if (k <= j) continue
      const pair = overlap[j * pieces + k] ?? 0
      if (pair === 0) continue
      const weight = 1 / (1 / (overlap[i * pieces + j] ?? 1) + 1 / (overlap[i * pieces + k] ?? 1))
      const other = correlation[j * pieces + k] ?? 0
      const product = (correlation[i * pieces + j] ?? 0) * (correlation[i * pieces + k] ?? 0)
      above += weight * product * other
      // The sampling variance of M_jk would make its square too large.
      below += weight * Math.max(0, other * other - (1 - other * other) / pair)
    }
  }
  if (below <= 0) return null
  return Math.sqrt(Math.max(0, above / below))
}

/** Sign of each a: with the weighted majority of the others, from all right at the start. */
function signsOf(
  { correlation, overlap }: Agreement,
  pieces: number,
  sizes: readonly (number | null)[],
): readonly number[] {
  let signs = new Array<number>(pieces).fill(1)
  for (let pass = 0; pass < 10; pass += 1) {
    const next = signs.map((_, i) => {
      let sum = 0
      for (let j = 0; j < pieces; j += 1) {
        const at = i * pieces + j
        sum += (overlap[at] ?? 0) * (correlation[at] ?? 0) * (sizes[j] ?? 0) * (signs[j] ?? 1)
      }
      return sum < 0 ? -1 : 1
    })
    const settled = next.every((sign, i) => sign === signs[i])
    signs = next
    if (settled) break
  }
  return signs
}
