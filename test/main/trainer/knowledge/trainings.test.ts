import { describe, expect, it } from 'vitest'
import type { NamedArray } from '../../../../src/main/trainer/arrays'
import { carryOut, MeanWeights, type Plan } from '../../../../src/main/trainer/knowledge/trainings'
import { tokenFeatures } from '../../../../src/main/knowledge/token-features'
import { nothingBehind } from './trials'
import type { SoftLabels, StageRows } from '../../../../src/main/trainer/knowledge/soft-labels'

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
    whileComputing: () => Promise.resolve(),
    logits: (rows: Int32Array, _texts?: StageRows) => {
      asked.push(now)
      return Promise.resolve(
        Float32Array.from({ length: rows.length * 2 }, (_, at) => (at % 2) * 2),
      )
    },
  }
  return { model, learned, asked }
}

const training = { batch: 16, learningRate: 1e-4 }

/** Carries a plan out on two labelled rows; gives the weights after each part. */
async function weightsAfter(
  model: ReturnType<typeof fakeModel>['model'],
  plan: Plan,
): Promise<readonly (readonly NamedArray[])[]> {
  const each: (readonly NamedArray[])[] = []
  await carryOut(model, plan, {
    ...{ rows: Int32Array.of(4, 9), y: Int32Array.of(1, 0), seed: 7, log: () => undefined },
    after: () => {
      each.push(model.eachWeight())
      return Promise.resolve()
    },
  })
  return each
}

const starts = [
  { name: 'one', weights: () => weight(0, 10), training: { ...training, steps: 3 } },
  { name: 'other', weights: () => weight(20, 0), training: { ...training, steps: 5 } },
]
const mean = weight((3 + 25) / 2, (13 + 5) / 2)

describe('averaged trainings', () => {
  it('learn all rows from each start, on their own, and end with the mean of what came of it', async () => {
    const { model, learned } = fakeModel()
    const after = await weightsAfter(model, { starts, average: true, self: undefined })
    expect(after).toEqual([weight(3, 13), weight(25, 5), mean])
    expect(learned.map(({ steps, seed }) => [steps, seed])).toEqual([
      [3, 7],
      [5, 7],
    ])
    for (const { soft } of learned) {
      expect([...soft.rows]).toEqual([4, 9])
      const [a = 0, b = 0, c = 0, d = 0] = soft.distributions
      expect(b).toBeGreaterThan(a)
      expect(c).toBeGreaterThan(d)
      expect(a + b).toBeCloseTo(1, 6)
    }
  })
})

describe('self-training', () => {
  const unlabelled = Int32Array.from({ length: 12 }, (_, row) => 10 + row)
  const self = {
    ...{ name: 'one', weights: () => weight(1), unlabelled },
    words: () => tokenFeatures(Array.from(unlabelled, (row) => Int32Array.of(row))),
    behind: () => nothingBehind,
    training: { ...training, steps: 4 },
  }

  it('asks what the trainings came to, and learns the answers from its own start', async () => {
    const { model, learned, asked } = fakeModel()
    const after = await weightsAfter(model, { starts, average: true, self })
    expect(asked).toEqual([mean])
    expect(after.at(-1)).toEqual(weight(5))
    expect(learned.at(-1)).toMatchObject({ steps: 4, seed: 7, from: weight(1) })
  })

  it('learns probabilities of unlabelled rows; a quarter of what it sees are labelled rows', async () => {
    const { model, learned } = fakeModel()
    await weightsAfter(model, { starts: starts.slice(0, 1), average: false, self })
    const { rows, distributions, weights } = learned.at(-1)?.soft ?? nothing()
    expect([...rows]).toEqual([...unlabelled, 4, 9, 4, 9])
    expect(distributions[1]).toBeCloseTo(Math.exp(2) / (1 + Math.exp(2)), 6)
    expect(distributions[12 * 2]).toBeLessThan(0.1)
    expect(distributions[13 * 2]).toBeGreaterThan(0.9)
    rows.forEach((_, row) => {
      expect((distributions[row * 2] ?? 0) + (distributions[row * 2 + 1] ?? 0)).toBeCloseTo(1, 6)
    })
    expect([...weights]).toEqual(Array.from(rows, () => 1))
  })

  it('joins the answers with what words make of them', async () => {
    const { model, learned } = fakeModel()
    // Rows of one word each, three words in turn; the model is wrong about the last row of its word.
    const word = (at: number): number => at % 3
    const said = Float32Array.from(unlabelled, (_, at) => (at === 9 ? -3 : 3 - 3 * word(at)))
    const logits = () =>
      Promise.resolve(Float32Array.from({ length: 24 }, (_, at) => (at % 2) * (said[at >> 1] ?? 0)))
    const words = () => tokenFeatures(Array.from(unlabelled, (_, at) => Int32Array.of(word(at))))
    await weightsAfter(
      { ...model, logits },
      { starts: starts.slice(0, 1), average: false, self: { ...self, words } },
    )
    const { distributions } = learned.at(-1)?.soft ?? nothing()
    expect(distributions[2 * 9 + 1]).toBeGreaterThan(1 / (1 + Math.exp(3)) + 0.02)
  })

  it('counts what stands behind a contrasting word as much as the whole text', async () => {
    const { model, learned } = fakeModel()
    const behind = { ...nothingBehind, places: [1] }
    const sure: typeof model.logits = (rows, texts) =>
      texts === behind.texts ? Promise.resolve(Float32Array.of(6, 0)) : model.logits(rows)
    await weightsAfter(
      { ...model, logits: sure },
      { starts: starts.slice(0, 1), average: false, self: { ...self, behind: () => behind } },
    )
    const { distributions } = learned.at(-1)?.soft ?? nothing()
    // The model alone says 2 for class 1; with 6 for class 0 behind the word the mean is 2 for it.
    expect(distributions[1]).toBeCloseTo(Math.exp(2) / (1 + Math.exp(2)), 6)
    expect(distributions[3]).toBeCloseTo(1 / (1 + Math.exp(2)), 6)
  })
})

function nothing(): never {
  throw new Error('Nothing was learned.')
}
