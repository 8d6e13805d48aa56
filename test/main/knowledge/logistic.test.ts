import { describe, expect, it } from 'vitest'
import type { LogisticProblem } from '../../../src/main/knowledge/logistic'
import { crossFitLogistic, fitLogistic, logisticLogits } from '../../../src/main/knowledge/logistic'
import { softmaxOf } from '../../../src/main/knowledge/softmax'
import { draws } from './draws'

function problem(rows: number, columns: number, classes: number, seed = 1): LogisticProblem {
  const { normal, uniform } = draws(seed)
  const x = Float64Array.from({ length: rows * columns }, normal)
  const truth = Float64Array.from({ length: columns * classes }, normal)
  const y = new Int32Array(rows)
  for (let i = 0; i < rows; i += 1) {
    const logits = Array.from({ length: classes }, (_, k) => {
      let sum = 0
      for (let j = 0; j < columns; j += 1) {
        sum += (x[i * columns + j] ?? 0) * (truth[j * classes + k] ?? 0)
      }
      return sum / Math.sqrt(columns)
    })
    let rest = uniform()
    y[i] = softmaxOf(logits).findIndex((share) => (rest -= share) < 0)
    if (y[i] === -1) y[i] = classes - 1
  }
  return { x, rows, columns, classes, y, l2: 0.5 }
}

/** Greatest entry of the gradient of the objective as its docstring states it. */
function greatestGradient(given: LogisticProblem & { readonly y: Int32Array }): number {
  const { rows, columns, classes, x, y } = given
  const model = fitLogistic(given)
  const logits = logisticLogits(model, x, rows, given.offset)
  const ridge = (j: number): number =>
    typeof given.l2 === 'number' ? given.l2 : (given.l2[j] ?? 0)
  let most = 0
  for (let j = 0; j <= columns; j += 1) {
    for (let k = 0; k < classes; k += 1) {
      const at = j * classes + k
      let sum =
        j === columns
          ? 1e-3 * (model.intercept[k] ?? 0)
          : ridge(j) * ((model.weights[at] ?? 0) - (given.priorMean?.[at] ?? 0))
      for (let i = 0; i < rows; i += 1) {
        const share = softmaxOf(logits.slice(i * classes, (i + 1) * classes))[k] ?? 0
        const feature = j === columns ? 1 : (x[i * columns + j] ?? 0)
        sum += (given.weights?.[i] ?? 1) * feature * (share - (y[i] === k ? 1 : 0))
      }
      most = Math.max(most, Math.abs(sum))
    }
  }
  return most
}

const indexed = (given: LogisticProblem): LogisticProblem & { readonly y: Int32Array } => {
  if (!(given.y instanceof Int32Array)) throw new Error('The problem has no class indices.')
  return { ...given, y: given.y }
}

describe('a logistic regression', () => {
  it.each([
    ['two classes, more rows than columns', 200, 10, 2],
    ['two classes, more columns than rows', 16, 400, 2],
    ['three classes, more rows than columns', 150, 8, 3],
    ['five classes, more columns than rows', 30, 100, 5],
  ])('ends where the gradient of its objective is zero: %s', (_, rows, columns, classes) => {
    expect(greatestGradient(indexed(problem(rows, columns, classes)))).toBeLessThan(1e-5)
  })

  it('honours offsets, row weights, ridges of single columns and a prior mean', () => {
    for (const [rows, columns, classes] of [
      [60, 4, 3],
      [12, 30, 2],
    ] as const) {
      const { normal, uniform } = draws(7)
      const given = {
        ...problem(rows, columns, classes),
        offset: Float64Array.from({ length: rows * classes }, normal),
        weights: Float64Array.from({ length: rows }, uniform),
        l2: Float64Array.from({ length: columns }, () => 0.1 + uniform()),
        priorMean: Float64Array.from({ length: columns * classes }, normal),
      }
      expect(greatestGradient(indexed(given))).toBeLessThan(1e-5)
    }
  })

  it('gives the coefficients of scikit-learn 1.9 (lbfgs, C = 2)', () => {
    // LogisticRegression(C=2, tol=1e-10).fit([[0, 1], [1, 0], [1, 2], [2, 1], [3, 3]], [0, 0, 1, 0, 1])
    // has the binary penalty ½ ‖w‖² and a free intercept: l2 = 2 / C here.
    const model = fitLogistic({
      x: Float64Array.from([0, 1, 1, 0, 1, 2, 2, 1, 3, 3]),
      rows: 5,
      columns: 2,
      classes: 2,
      y: Int32Array.from([0, 0, 1, 0, 1]),
      l2: 1,
      interceptL2: 1e-9,
    })
    const difference = [0, 1].map(
      (j) => (model.weights[2 * j + 1] ?? 0) - (model.weights[2 * j] ?? 0),
    )
    expect(difference[0]).toBeCloseTo(0.24142232, 5)
    expect(difference[1]).toBeCloseTo(1.42912691, 5)
    expect((model.intercept[1] ?? 0) - (model.intercept[0] ?? 0)).toBeCloseTo(-2.85428401, 4)
  })

  it('gives the same answer for rows that repeat and for labels given as probabilities', () => {
    const given = indexed(problem(20, 60, 3))
    const soft = new Float64Array(60)
    given.y.forEach((label, row) => {
      soft[row * 3 + label] = 1
    })
    const once = fitLogistic({ ...given, weights: new Float64Array(20).fill(2) })
    const twice = fitLogistic({
      ...given,
      rows: 40,
      x: Float64Array.from([...given.x, ...given.x]),
      y: Float64Array.from([...soft, ...soft]),
    })
    twice.weights.forEach((weight, at) => expect(weight).toBeCloseTo(once.weights[at] ?? 0, 6))
  })

  it('stays finite where a class has no rows, and refuses a ridge of zero', () => {
    const given = problem(20, 5, 3)
    const model = fitLogistic({ ...given, y: new Int32Array(20) })
    expect([...model.intercept, ...model.weights].every(Number.isFinite)).toBe(true)
    expect(() => fitLogistic({ ...given, l2: 0 })).toThrow(/above 0/)
  })

  it('says of a row out of fold what a model without its fold says', () => {
    const given = indexed(problem(40, 5, 2))
    const held = crossFitLogistic(given, { folds: 40, seed: 3 })
    const rest = Array.from({ length: 39 }, (_, at) => at + 1)
    const model = fitLogistic({
      ...given,
      rows: 39,
      x: given.x.slice(5),
      y: Int32Array.from(rest.map((row) => given.y[row] ?? 0)),
    })
    const logits = logisticLogits(model, given.x.slice(0, 5), 1)
    const expected = softmaxOf(logits).map(Math.log)
    expect(held[0]).toBeCloseTo(expected[0] ?? 0, 6)
    expect(held[1]).toBeCloseTo(expected[1] ?? 0, 6)
    expect(crossFitLogistic(given, { folds: 5, seed: 3 })).toEqual(
      crossFitLogistic(given, { folds: 5, seed: 3 }),
    )
  })

  it('is fast with few rows and many columns', () => {
    const small = problem(16, 400, 2)
    fitLogistic(small)
    const started = performance.now()
    for (let i = 0; i < 10; i += 1) fitLogistic(small)
    expect((performance.now() - started) / 10).toBeLessThan(50)
  })
})
