import { splitFold, stratifiedFolds } from './folds'
import { minimise } from './lbfgs'
import { precondition } from './precondition'
import { reduceRows } from './row-space'
import type { Numbers } from './softmax'
import { sigmoid, softmaxInto } from './softmax'

export interface LogisticProblem {
  /** [rows, columns] */
  readonly x: Float32Array | Float64Array
  readonly rows: number
  readonly columns: number
  readonly classes: number
  /** [rows] class indices, or [rows, classes] probabilities that sum to 1 in each row. */
  readonly y: Int32Array | Float32Array | Float64Array
  /** [rows, classes], added to the logits; none: 0. */
  readonly offset?: Numbers
  /** Strength of the ridge, above 0: one for all columns, or [columns]. */
  readonly l2: number | Numbers
  /** [columns, classes]: what the ridge pulls to; none: 0. */
  readonly priorMean?: Numbers
  /** [rows]: how much each row counts; none: 1. */
  readonly weights?: Numbers
  /** Ridge of the intercept, so that a class without rows does not drive it to infinity. */
  readonly interceptL2?: number
}

export interface LogisticModel {
  readonly columns: number
  readonly classes: number
  /** [columns, classes] */
  readonly weights: Float64Array
  /** [classes] */
  readonly intercept: Float64Array
}

/**
 * Multinomial logistic regression with a ridge, by L-BFGS to a gradient of 1e-8:
 *
 *     min Σ_i w_i CE(y_i, softmax(o_i + x_i W + b)) + ½ Σ_j l2_j ‖W_j − M_j‖² + ½ l2_b ‖b‖²
 *
 * over the symmetric parametrisation (one weight vector a class). For two classes a ridge of l2
 * here is one of l2 / 2 on the single weight vector of the binary form. With fewer rows than
 * columns the problem is solved in the space that the rows span, with the same result.
 */
export function fitLogistic(problem: LogisticProblem): LogisticModel {
  const { rows, columns, classes } = problem
  const scales = columnScales(problem)
  const space = reduceRows(scaledRows(problem, scales), rows, columns + 1)
  const given: Rows = {
    z: space.z,
    rows,
    width: space.width,
    base: baseLogits(problem),
    targets: softTargets(problem),
    weightOf: (row) => problem.weights?.[row] ?? 1,
  }
  const solution = classes === 2 ? solveBinary(given) : solveMultinomial(given, classes)
  const coefficients = space.lift(solution, classes)
  const weights = new Float64Array(columns * classes)
  for (let j = 0; j < columns; j += 1) {
    for (let k = 0; k < classes; k += 1) {
      const at = j * classes + k
      weights[at] = (coefficients[at] ?? 0) * (scales[j] ?? 0) + (problem.priorMean?.[at] ?? 0)
    }
  }
  const intercept = Float64Array.from(
    { length: classes },
    (_, k) => (coefficients[columns * classes + k] ?? 0) * (scales[columns] ?? 0),
  )
  return { columns, classes, weights, intercept }
}

/** Logits [rows, classes] of a fitted model; `offset` [rows, classes] is added. */
export function logisticLogits(
  model: LogisticModel,
  x: Float32Array | Float64Array,
  rows: number,
  offset?: Numbers,
): Float64Array {
  const { columns, classes, weights, intercept } = model
  const logits = new Float64Array(rows * classes)
  for (let i = 0; i < rows; i += 1) {
    for (let k = 0; k < classes; k += 1) {
      let sum = (intercept[k] ?? 0) + (offset?.[i * classes + k] ?? 0)
      for (let j = 0; j < columns; j += 1) {
        sum += (x[i * columns + j] ?? 0) * (weights[j * classes + k] ?? 0)
      }
      logits[i * classes + k] = sum
    }
  }
  return logits
}

/**
 * Log-probabilities [rows, classes] of every row by a model that was fitted without the row's
 * fold. `y` must be class indices; folds are stratified and decided by the seed.
 */
export function crossFitLogistic(
  problem: LogisticProblem & { readonly y: Int32Array },
  options: { readonly folds: number; readonly seed: number },
): Float64Array {
  const { rows, columns, classes } = problem
  const fold = stratifiedFolds(problem.y, options.folds, options.seed)
  const result = new Float64Array(rows * classes)
  const held = new Float64Array(classes)
  for (let which = 0; which < options.folds; which += 1) {
    const { inside, outside } = splitFold(fold, which)
    if (inside.length === 0) continue
    const model = fitLogistic({
      ...problem,
      x: takeRows(problem.x, outside, columns),
      rows: outside.length,
      y: outside.map((row) => problem.y[row] ?? 0),
      ...(problem.offset === undefined
        ? {}
        : { offset: takeRows(problem.offset, outside, classes) }),
      ...(problem.weights === undefined ? {} : { weights: takeRows(problem.weights, outside, 1) }),
    })
    const logits = logisticLogits(
      model,
      takeRows(problem.x, inside, columns),
      inside.length,
      problem.offset === undefined ? undefined : takeRows(problem.offset, inside, classes),
    )
    inside.forEach((row, at) => {
      const total = softmaxInto(held, logits, at * classes, classes)
      for (let k = 0; k < classes; k += 1) {
        result[row * classes + k] = (logits[at * classes + k] ?? 0) - total
      }
    })
  }
  return result
}

/** Rows of a [n, width] array, in the order of `positions`. */
export function takeRows(values: Numbers, positions: Int32Array, width: number): Float64Array {
  const taken = new Float64Array(positions.length * width)
  positions.forEach((row, at) => {
    for (let j = 0; j < width; j += 1) taken[at * width + j] = values[row * width + j] ?? 0
  })
  return taken
}

/** 1 / √l2 of every column, the intercept's last: in these units the ridge is 1. */
function columnScales({ columns, l2, interceptL2 = 1e-3 }: LogisticProblem): Float64Array {
  const scales = new Float64Array(columns + 1)
  for (let j = 0; j < columns; j += 1) {
    scales[j] = 1 / Math.sqrt(typeof l2 === 'number' ? l2 : (l2[j] ?? 0))
  }
  scales[columns] = 1 / Math.sqrt(interceptL2)
  if (scales.some((scale) => !Number.isFinite(scale))) {
    throw new RangeError('The ridge of a logistic regression must be above 0 in every column.')
  }
  return scales
}

/** [rows, columns + 1] with the intercept's column of ones, in units in which the ridge is 1. */
function scaledRows(problem: LogisticProblem, scales: Float64Array): Float64Array {
  const { x, rows, columns } = problem
  const width = columns + 1
  const scaled = new Float64Array(rows * width)
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      scaled[i * width + j] = (x[i * columns + j] ?? 0) * (scales[j] ?? 0)
    }
    scaled[i * width + columns] = scales[columns] ?? 0
  }
  return scaled
}

/** Offsets and the part of the prior mean: [rows, classes]. */
function baseLogits(problem: LogisticProblem): Float64Array {
  const { x, rows, columns, classes, offset, priorMean } = problem
  const mean = Float64Array.from({ length: columns * classes }, (_, at) => priorMean?.[at] ?? 0)
  const none = new Float64Array(classes)
  if (priorMean === undefined) {
    return Float64Array.from({ length: rows * classes }, (_, at) => offset?.[at] ?? 0)
  }
  return logisticLogits({ columns, classes, weights: mean, intercept: none }, x, rows, offset)
}

function softTargets({ y, rows, classes }: LogisticProblem): Float64Array {
  const targets = new Float64Array(rows * classes)
  if (y instanceof Int32Array) {
    y.forEach((label, row) => {
      targets[row * classes + label] = 1
    })
  } else targets.set(y)
  return targets
}

interface Rows {
  /** [rows, width], in units in which the ridge is 1. */
  readonly z: Float64Array
  readonly rows: number
  readonly width: number
  /** [rows, classes]: what logits are without the coefficients. */
  readonly base: Float64Array
  /** [rows, classes] */
  readonly targets: Float64Array
  readonly weightOf: (row: number) => number
}

/**
 * [width, 2]: minus and plus half of the one weight vector v that two classes need. With f = z · v,
 * the second derivative of a row's loss is at most 1/4, the ridge ¼ ‖v‖²; in the preconditioned u
 * the objective is Σ w (loss(f) − f² / 8) + ½ ‖u‖².
 */
function solveBinary({ z, rows, width, base, targets, weightOf }: Rows): Float64Array {
  const space = precondition(z, rows, width, 0.5, 0.25, weightOf)
  const { at } = minimise((u, gradient) => {
    let value = 0
    for (let j = 0; j < width; j += 1) {
      const weight = u[j] ?? 0
      value += 0.5 * weight * weight
      gradient[j] = weight
    }
    for (let i = 0; i < rows; i += 1) {
      const row = space.z.subarray(i * width, (i + 1) * width)
      let f = 0
      for (let j = 0; j < width; j += 1) f += (row[j] ?? 0) * (u[j] ?? 0)
      const logit = (base[2 * i + 1] ?? 0) - (base[2 * i] ?? 0) + f
      const target = targets[2 * i + 1] ?? 0
      const loss = Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit
      value += weightOf(i) * (loss - (f * f) / 8)
      const error = weightOf(i) * (sigmoid(logit) - target - f / 4)
      for (let j = 0; j < width; j += 1) gradient[j] = (gradient[j] ?? 0) + error * (row[j] ?? 0)
    }
    return value
  }, new Float64Array(width))
  const v = space.lift(at, 1)
  return Float64Array.from(
    { length: 2 * width },
    (_, i) => ((v[i >> 1] ?? 0) * (i % 2 ? 1 : -1)) / 2,
  )
}

/**
 * [width, classes]. With f = z V, the Hessian of a row's loss by f is at most ½ I (Böhning 1992);
 * in the preconditioned U the objective is Σ w (loss(f) − ‖f‖² / 4) + ½ ‖U‖².
 */
function solveMultinomial(
  { z, rows, width, base, targets, weightOf }: Rows,
  classes: number,
): Float64Array {
  const space = precondition(z, rows, width, 1, 0.5, weightOf)
  const f = new Float64Array(classes)
  const logits = new Float64Array(classes)
  const errors = new Float64Array(classes)
  const { at } = minimise(
    (u, gradient) => {
      let value = 0
      for (let j = 0; j < u.length; j += 1) {
        const weight = u[j] ?? 0
        value += 0.5 * weight * weight
        gradient[j] = weight
      }
      for (let i = 0; i < rows; i += 1) {
        const row = space.z.subarray(i * width, (i + 1) * width)
        f.fill(0)
        for (let j = 0; j < width; j += 1) {
          const feature = row[j] ?? 0
          for (let k = 0; k < classes; k += 1) {
            f[k] = (f[k] ?? 0) + feature * (u[j * classes + k] ?? 0)
          }
        }
        for (let k = 0; k < classes; k += 1) logits[k] = (base[i * classes + k] ?? 0) + (f[k] ?? 0)
        const total = softmaxInto(errors, logits, 0, classes)
        const weight = weightOf(i)
        for (let k = 0; k < classes; k += 1) {
          const target = targets[i * classes + k] ?? 0
          const own = f[k] ?? 0
          value += weight * (target * (total - (logits[k] ?? 0)) - (own * own) / 4)
          errors[k] = weight * ((errors[k] ?? 0) - target - own / 2)
        }
        for (let j = 0; j < width; j += 1) {
          const feature = row[j] ?? 0
          for (let k = 0; k < classes; k += 1) {
            const slot = j * classes + k
            gradient[slot] = (gradient[slot] ?? 0) + feature * (errors[k] ?? 0)
          }
        }
      }
      return value
    },
    new Float64Array(width * classes),
  )
  return space.lift(at, classes)
}
