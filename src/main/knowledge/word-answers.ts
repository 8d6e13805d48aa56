import { splitFold } from './folds'
import { fitRidge, rowProduct } from './ridge'
import { softmaxRows } from './softmax'
import type { SparseRows } from './token-features'
import { dot, norm } from './vectors'

/** Rows are told what words say by fits without every so manieth row, themselves among these. */
const folds = 5

const l2 = 1

/** Of words that explain all: they learn from the same answers, and share some of their errors. */
const weight = 0.5

/** What is shorter is the rounding of numbers that are all alike. */
const leastLength = 1e-6

export interface JoinedAnswers {
  /** [rows, classes]: as sure as those of the model, class by class the same on average. */
  readonly logits: Float32Array
  /** How much of the model's answers words alone explain: r², 0 to 1. */
  readonly explained: number
}

/**
 * A model's answers together with what words alone make of them. A ridge regression on words learns the
 * answers for other rows and says its own for each: what a model answers wrongly for a row, the same
 * words in hundreds of other rows put right (two views of a row, Blum & Mitchell 1998). Words count as
 * far as they explain the answers,
 *
 *     z' = k · (z + ½ r² · σ(z) / σ(q) · q),   σ(z') = σ(z)
 *
 * with z the model's logits and q the probabilities that the regression predicts, both over their mean
 * of each row and of each class, and r their correlation.
 *
 * @param logits [rows, classes] of the model, for the rows of `words`
 * @param between awaited after each fit: with many classes they take a while
 */
export async function joinWords(
  logits: Float32Array,
  words: SparseRows,
  classes: number,
  between: () => Promise<void>,
): Promise<JoinedAnswers> {
  const { rows } = words
  const said = centred(await crossFitted(logits, words, classes, between), rows, classes)
  const own = centred(Float64Array.from(logits), rows, classes)
  const ownLength = norm(own.values)
  const saidLength = norm(said.values)
  if (Math.min(ownLength, saidLength) < leastLength) return { logits, explained: 0 }
  const agreement = dot(own.values, said.values) / (ownLength * saidLength)
  if (agreement <= 0) return { logits, explained: 0 }
  const explained = agreement ** 2
  const factor = (weight * explained * ownLength) / saidLength
  const joined = own.values.map((value, at) => value + factor * (said.values[at] ?? 0))
  const scale = ownLength / norm(joined)
  return {
    logits: Float32Array.from(joined, (v, at) => v * scale + (own.means[at % classes] ?? 0)),
    explained,
  }
}

/** What words say of the probability of each class, [rows, classes], by fits without the row. */
async function crossFitted(
  logits: Float32Array,
  words: SparseRows,
  classes: number,
  between: () => Promise<void>,
): Promise<Float64Array> {
  const { rows } = words
  const probabilities = softmaxRows(logits, classes)
  const said = new Float64Array(rows * classes)
  const fold = Int32Array.from({ length: rows }, (_, at) => at % folds)
  const splits = Array.from({ length: folds }, (_, which) => splitFold(fold, which))
  // Of two classes one says all.
  for (let label = classes === 2 ? 1 : 0; label < classes; label += 1) {
    const targets = Float64Array.from(
      { length: rows },
      (_, at) => probabilities[at * classes + label] ?? 0,
    )
    const mean = targets.reduce((sum, one) => sum + one, 0) / rows
    const over = targets.map((one) => one - mean)
    for (const { inside, outside } of splits) {
      const weights = fitRidge(words, outside, over, l2)
      for (const at of inside) said[at * classes + label] = rowProduct(words, at, weights)
      await between()
    }
  }
  return said
}

/** Numbers [rows, classes] over their mean of each row, then of each class, and these means. */
function centred(values: Float64Array, rows: number, classes: number) {
  const result = values.slice()
  const means = new Float64Array(classes)
  for (let at = 0; at < result.length; at += classes) {
    const row = result.subarray(at, at + classes)
    const mean = row.reduce((sum, one) => sum + one, 0) / classes
    row.forEach((one, k) => {
      row[k] = one - mean
      means[k] = (means[k] ?? 0) + (one - mean) / rows
    })
  }
  return { values: result.map((one, at) => one - (means[at % classes] ?? 0)), means }
}
