import { crossFitLogistic, fitLogistic } from '../../knowledge/logistic'
import { argmax, type Numbers } from '../../knowledge/softmax'

/** A linear head on pooled vectors: weight [classes, width] and bias [classes]. */
export interface LinearHead {
  readonly weight: Float32Array
  readonly bias: Float32Array
}

export interface HeadProblem {
  /** [rows, width]: pooled vectors of labelled rows. */
  readonly features: Float32Array
  readonly width: number
  readonly y: Int32Array
  readonly classes: number
  /** What the ridge pulls to, such as the head of weak labels; undefined: nothing. */
  readonly prior?: LinearHead | undefined
}

export interface FittedHead {
  readonly head: LinearHead
  /** Log-probabilities [rows, classes] of each row by a fit without its fold. */
  readonly heldOut: Float64Array
  readonly loss: number
  readonly accuracy: number
  readonly l2: number
}

/** Ridges that are tried, on columns of deviation 1 / √width. */
const ridges = [0.05, 0.2, 1, 5]
const folds = 5

/**
 * Multinomial logistic regression on pooled vectors, its ridge chosen by cross-fitting: the head of
 * a frozen backbone, and the start of one that is fine-tuned (Kumar et al. 2022, linear probing
 * before fine-tuning). Deterministic.
 */
export function fitHead(problem: HeadProblem, seed: number): FittedHead {
  const { y, classes, width } = problem
  const rows = y.length
  const { x, means, scales } = standardise(problem.features, rows, width)
  const priorMean = problem.prior && priorOf(problem.prior, scales, width, classes)
  const base = { x, rows, columns: width, classes, y, interceptL2: 0.01 }
  const given = { ...base, ...(priorMean === undefined ? {} : { priorMean }) }
  const tried = ridges.map((l2) => {
    const heldOut = crossFitLogistic({ ...given, l2 }, { folds: Math.min(folds, rows), seed })
    return { l2, heldOut, ...score(heldOut, y, classes) }
  })
  const best = tried.reduce((found, one) => (one.loss < found.loss ? one : found))
  const model = fitLogistic({ ...given, l2: best.l2 })
  const weight = new Float32Array(classes * width)
  const bias = Float32Array.from(model.intercept)
  for (let k = 0; k < classes; k += 1) {
    for (let j = 0; j < width; j += 1) {
      const own = (model.weights[j * classes + k] ?? 0) * (scales[j] ?? 0)
      weight[k * width + j] = own
      bias[k] = (bias[k] ?? 0) - own * (means[j] ?? 0)
    }
  }
  return { head: { weight, bias }, ...best }
}

interface Standardised {
  readonly x: Float64Array
  readonly means: Float64Array
  /** What each column is multiplied by. */
  readonly scales: Float64Array
}

/** Columns of mean 0 and deviation 1 / √width, so that one ridge means the same for every model. */
function standardise(features: Float32Array, rows: number, width: number): Standardised {
  const means = new Float64Array(width)
  const squares = new Float64Array(width)
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < width; j += 1) {
      const value = features[i * width + j] ?? 0
      means[j] = (means[j] ?? 0) + value / rows
      squares[j] = (squares[j] ?? 0) + (value * value) / rows
    }
  }
  const scales = squares.map((square, j) => {
    const deviation = Math.sqrt(Math.max(0, square - (means[j] ?? 0) ** 2))
    return 1 / (Math.max(deviation, 1e-6) * Math.sqrt(width))
  })
  const x = new Float64Array(rows * width)
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < width; j += 1) {
      x[i * width + j] = ((features[i * width + j] ?? 0) - (means[j] ?? 0)) * (scales[j] ?? 0)
    }
  }
  return { x, means, scales }
}

/** A head in the coordinates of the standardised columns, [width, classes]. */
function priorOf(
  { weight }: LinearHead,
  scales: Float64Array,
  width: number,
  classes: number,
): Float64Array {
  const mean = new Float64Array(width * classes)
  for (let j = 0; j < width; j += 1) {
    for (let k = 0; k < classes; k += 1) {
      mean[j * classes + k] = (weight[k * width + j] ?? 0) / (scales[j] ?? 1)
    }
  }
  return mean
}

/** Mean log-loss and accuracy of log-probabilities [rows, classes]. */
export function score(
  logs: Numbers,
  y: Int32Array,
  classes: number,
): { readonly loss: number; readonly accuracy: number } {
  let loss = 0
  let correct = 0
  y.forEach((label, row) => {
    loss -= (logs[row * classes + label] ?? 0) / y.length
    if (argmax(logs, row * classes, classes) === label) correct += 1
  })
  return { loss, accuracy: correct / y.length }
}

/** Standard error of the mean difference of two log-losses on the same rows, [rows, classes]. */
export function differenceError(
  one: Float64Array,
  other: Float64Array,
  y: Int32Array,
  classes: number,
): number {
  const differences = Array.from(y, (label, row) => {
    const at = row * classes + label
    return (other[at] ?? 0) - (one[at] ?? 0)
  })
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, differences.length - 1) / differences.length)
}
