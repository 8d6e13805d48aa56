/** Numbers in a row, whatever holds them. */
export type Numbers = readonly number[] | Float32Array | Float64Array

/** Least probability that is taken a logarithm of: one wrong certainty must not cost infinity. */
export const leastProbability = 1e-12

/** softmax(x)_k = exp(x_k − max x) / Σ exp(x_j − max x) of `width` numbers, written to `into`. */
export function softmaxInto(
  into: Float64Array,
  logits: Numbers,
  from: number,
  width: number,
): number {
  let most = -Infinity
  for (let k = 0; k < width; k += 1) most = Math.max(most, logits[from + k] ?? 0)
  let sum = 0
  for (let k = 0; k < width; k += 1) {
    const value = Math.exp((logits[from + k] ?? 0) - most)
    into[k] = value
    sum += value
  }
  for (let k = 0; k < width; k += 1) into[k] = (into[k] ?? 0) / sum
  return most + Math.log(sum)
}

/** Probabilities [rows, width] of logits [rows, width]. */
export function softmaxRows(logits: Numbers, width: number): Float64Array {
  const probabilities = new Float64Array(logits.length)
  for (let at = 0; at < logits.length; at += width) {
    softmaxInto(probabilities.subarray(at, at + width), logits, at, width)
  }
  return probabilities
}

/** Probabilities of one row of logits. */
export function softmaxOf(logits: Numbers): number[] {
  const into = new Float64Array(logits.length)
  softmaxInto(into, logits, 0, logits.length)
  return Array.from(into)
}

export const sigmoid = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit))

export const safeLog = (probability: number): number =>
  Math.log(Math.max(probability, leastProbability))

/** The numbers over their sum; equal shares where that is zero. */
export function normalised(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length))
}

/** Index of the greatest of `width` numbers; the first one of equals. */
export function argmax(values: Numbers, from = 0, width = values.length): number {
  let best = 0
  for (let k = 1; k < width; k += 1) {
    if ((values[from + k] ?? 0) > (values[from + best] ?? 0)) best = k
  }
  return best
}

/** Mean of −log p(y) over rows. probabilities: [n, K]; y: [n] indices. */
export function logLoss(probabilities: Numbers, y: Int32Array, classes: number): number {
  let sum = 0
  y.forEach((label, row) => {
    sum -= safeLog(probabilities[row * classes + label] ?? 0)
  })
  return y.length === 0 ? 0 : sum / y.length
}
