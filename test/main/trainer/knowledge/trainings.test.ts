import { describe, expect, it } from 'vitest'
import type { NamedArray } from '../../../../src/main/trainer/arrays'
import {
  MeanWeights,
  trainCombined,
  trainOnAnswers,
} from '../../../../src/main/trainer/knowledge/trainings'
import type { SoftLabels } from '../../../../src/main/trainer/knowledge/soft-labels'

const weight = (...values: number[]): readonly NamedArray[] => [
  { name: 'w', shape: [values.length], data: Float32Array.from(values) },
]

describe('the mean of weights', () => {
  it('is that of each number, under its name', () => {
    const mean = new MeanWeights(2)
    const [first] = [weight(1, 2)]
    mean.add(first)
    mean.add(weight(3, -2))
    expect(mean.weights()).toEqual(weight(2, 0))
    expect(first).toEqual(weight(1, 2))
  })
})

interface Learned {
  readonly soft: SoftLabels
  readonly steps: number
  readonly seed: number
  readonly from: readonly NamedArray[]
}

/** A model of two classes; a training of n steps adds n to its weights, and it is sure of class 1. */
function fakeModel() {
  let now: readonly NamedArray[] = []
  const learned: Learned[] = []
  /** Weights of the model whenever it was asked. */
  const asked: (readonly NamedArray[])[] = []
  const model = {
    classes: 2,
    assign: (weights: Iterable<NamedArray>) => {
      now = [...weights]
    },
    learn: (soft: SoftLabels, { steps }: { steps: number }, _headRate: number, seed: number) => {
      learned.push({ soft, steps, seed, from: now })
      now = now.map((one) => ({ ...one, data: one.data.map((value) => value + steps) }))
      return Promise.resolve(0)
    },
    eachWeight: () => now,
    weights: () => now,
    logits: (rows: Int32Array) => {
      asked.push(now)
      return Promise.resolve(
        Float32Array.from({ length: rows.length * 2 }, (_, at) => (at % 2) * 2),
      )
    },
  }
  return { model, learned, asked }
}

const training = { batch: 16, learningRate: 1e-4 }

describe('averaged trainings', () => {
  it('learn all rows from each start, on their own, and give the mean of what came of it', async () => {
    const { model, learned } = fakeModel()
    const starts = [
      { name: 'start', weights: weight(0, 10), training: { ...training, steps: 3 } },
      { name: 'start', weights: weight(20, 0), training: { ...training, steps: 5 } },
    ]
    const rows = Int32Array.of(4, 9)
    const way = { starts, self: undefined }
    const mean = await trainCombined(model, way, rows, Int32Array.of(1, 0), 7)
    expect(mean).toEqual(weight((3 + 25) / 2, (13 + 5) / 2))
    expect(learned.map(({ steps, seed }) => [steps, seed])).toEqual([
      [3, 7],
      [5, 7],
    ])
    for (const { soft } of learned) {
      expect(soft.rows).toEqual(rows)
      const [a = 0, b = 0, c = 0, d = 0] = soft.distributions
      expect(b).toBeGreaterThan(a)
      expect(c).toBeGreaterThan(d)
      expect(a + b).toBeCloseTo(1, 6)
    }
  })
})

describe('self-training', () => {
  const unlabelled = Int32Array.from({ length: 12 }, (_, row) => 10 + row)

  it('learns the answers of the model that there was, from the start, a quarter of it labelled rows', async () => {
    const { model, learned } = fakeModel()
    model.assign(weight(7))
    const self = {
      name: 'start',
      weights: weight(1),
      training: { ...training, steps: 4 },
      unlabelled,
    }
    await trainOnAnswers(model, self, Int32Array.of(0, 1), Int32Array.of(0, 1), 3)
    const [only] = learned
    expect(learned).toHaveLength(1)
    expect(only).toMatchObject({ steps: 4, seed: 3, from: weight(1) })
    expect(model.eachWeight()).toEqual(weight(5))
    const { rows, distributions, weights } = only?.soft ?? fail()
    expect([...rows]).toEqual([...unlabelled, 0, 1, 0, 1])
    expect(distributions[1]).toBeCloseTo(Math.exp(2) / (1 + Math.exp(2)), 6)
    expect(distributions[12 * 2]).toBeGreaterThan(0.9)
    expect(distributions[13 * 2]).toBeLessThan(0.1)
    rows.forEach((_, row) => {
      expect((distributions[row * 2] ?? 0) + (distributions[row * 2 + 1] ?? 0)).toBeCloseTo(1, 6)
    })
    expect([...weights]).toEqual(Array.from(rows, () => 1))
  })

  it('asks the mean of the trainings before it, and its weights are what is kept', async () => {
    const { model, asked } = fakeModel()
    const starts = [
      { name: 'start', weights: weight(0), training: { ...training, steps: 3 } },
      { name: 'start', weights: weight(20), training: { ...training, steps: 5 } },
    ]
    const self = {
      name: 'start',
      weights: weight(1),
      training: { ...training, steps: 4 },
      unlabelled,
    }
    const rows = Int32Array.of(0, 1)
    expect(await trainCombined(model, { starts, self }, rows, rows, 3)).toEqual(weight(5))
    expect(asked).toEqual([weight((3 + 25) / 2)])
  })
})

function fail(): never {
  throw new Error('Nothing was learned.')
}
