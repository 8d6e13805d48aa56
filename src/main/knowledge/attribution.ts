import type { TermValue } from './losses'

/** What a token's attribution should be: none, as it must not matter; large; 0: as it comes. */
export const irrelevant = -1
export const reason = 1

export interface AttributionStrengths {
  /** λ₁ of Ross et al. 2017, equation 1. */
  readonly penalty: number
  /** Weight of the share that reasons have in a row's attribution. */
  readonly reward: number
}

/** The tokens of an attribution, one entry each. */
export interface AttributedTokens {
  /** `irrelevant`, `reason` or 0. */
  readonly roles: ArrayLike<number>
  /** The token's row; padding has one beyond the last. */
  readonly owners: ArrayLike<number>
  readonly rows: number
}

/** Keeps the logarithm of a share of 0 finite. */
const leastShare = 1e-4

/**
 * The price of attributions g, [tokens, width]. Of a row:
 *
 *     penalty · Σ over irrelevant tokens ‖g_t‖²                    (Ross et al. 2017, equation 1)
 *     − reward · log(Σ over reasons ‖g_t‖² / Σ over its tokens ‖g_t‖²)
 *
 * The reward looks at shares, so that it cannot be had by growing every gradient. The loss is the
 * mean over rows, and `gradient` its derivative by g: the direction in which the derivative of the
 * attribution is wanted.
 */
export function attributionLoss(
  attribution: Float32Array,
  width: number,
  tokens: AttributedTokens,
  { penalty, reward }: AttributionStrengths,
): TermValue {
  const { roles, owners, rows } = tokens
  const sizes = squaresOf(attribution, width)
  const { all, reasons, asked } = sumsOf(sizes, tokens)
  const share = all.map((sum, row) => (sum > 0 ? (reasons[row] ?? 0) / sum : 0))
  const rewarded = all.map((sum, row) => (sum > 0 ? reward * (asked[row] ?? 0) : 0))
  let loss = rewarded.reduce(
    (sum, weight, row) => sum - (weight * Math.log((share[row] ?? 0) + leastShare)) / rows,
    0,
  )
  const gradient = new Float32Array(attribution.length)
  sizes.forEach((size, token) => {
    const row = owners[token] ?? rows
    if (row >= rows) return
    const spurned = roles[token] === irrelevant
    if (spurned) loss += (penalty * size) / rows
    const part = share[row] ?? 0
    const weight = rewarded[row] ?? 0
    const slope = weight === 0 ? 0 : weight / ((part + leastShare) * (all[row] ?? 1))
    const pull = slope * (part - (roles[token] === reason ? 1 : 0))
    const factor = (spurned ? penalty : 0) + pull
    for (let at = token * width; factor !== 0 && at < (token + 1) * width; at += 1) {
      gradient[at] = (2 * factor * (attribution[at] ?? 0)) / rows
    }
  })
  return { loss, gradient }
}

/** Numbers from 0 to below 1 that say where the irrelevant tokens of a row are moved. */
export interface Move {
  /** How far. */
  readonly part: number
  /** To which of the batch's irrelevant tokens, or, at the upper end, to the mean of all tokens. */
  readonly to: number
}

/**
 * Moves irrelevant tokens a part of the way to another irrelevant token of the batch, or to the mean
 * of all tokens' vectors: [tokens, width] offsets. A token has nothing to say where attributions are
 * small all along that way, and not only at its beginning (expected gradients; Erion et al. 2021,
 * section 2.2): words are far apart, and a network that is flat around each can still tell them apart.
 */
export function moveIrrelevant(
  vectors: Float32Array,
  width: number,
  { roles, owners, rows }: AttributedTokens,
  moves: readonly Move[],
): Float32Array {
  const vectorOf = (token: number): Float32Array =>
    vectors.subarray(token * width, (token + 1) * width)
  const tokens = Array.from({ length: vectors.length / width }, (_, token) => token)
  const own = tokens.filter((token) => (owners[token] ?? rows) < rows)
  const moved = own.filter((token) => roles[token] === irrelevant)
  const targets = [...moved.map(vectorOf), meanOf(own.map(vectorOf), width)]
  const offset = new Float32Array(vectors.length)
  for (const token of moved) {
    const { part, to } = moves[owners[token] ?? rows] ?? { part: 0, to: 0 }
    const target = targets[Math.floor(to * targets.length)]
    vectorOf(token).forEach((value, at) => {
      offset[token * width + at] = part * ((target?.[at] ?? value) - value)
    })
  }
  return offset
}

function meanOf(vectors: readonly Float32Array[], width: number): Float32Array {
  const mean = new Float32Array(width)
  for (const vector of vectors) {
    vector.forEach((value, at) => {
      mean[at] = (mean[at] ?? 0) + value / vectors.length
    })
  }
  return mean
}

function squaresOf(attribution: Float32Array, width: number): Float64Array {
  const squares = new Float64Array(attribution.length / width)
  attribution.forEach((value, at) => {
    const token = Math.floor(at / width)
    squares[token] = (squares[token] ?? 0) + value * value
  })
  return squares
}

/** ‖g‖² of each row, of its reasons alone, and 1 for a row that has some. */
function sumsOf(sizes: Float64Array, { roles, owners, rows }: AttributedTokens) {
  const all = new Float64Array(rows)
  const reasons = new Float64Array(rows)
  const asked = new Float64Array(rows)
  sizes.forEach((size, token) => {
    const row = owners[token] ?? rows
    if (row >= rows) return
    all[row] = (all[row] ?? 0) + size
    if (roles[token] !== reason) return
    reasons[row] = (reasons[row] ?? 0) + size
    asked[row] = 1
  })
  return { all, reasons, asked }
}
