import { describe, expect, it } from 'vitest'
import type { NamedArray } from '../../../../src/main/trainer/arrays'
import { MeanWeights, trainAveraged } from '../../../../src/main/trainer/knowledge/trainings'
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

describe('averaged trainings', () => {
  it('learn all rows from each start, on their own, and give the mean of what came of it', async () => {
    let now: readonly NamedArray[] = []
    const seen: { readonly soft: SoftLabels; readonly steps: number; readonly seed: number }[] = []
    const model = {
      classes: 2,
      assign: (weights: Iterable<NamedArray>) => {
        now = [...weights]
      },
      // A training of n steps adds n.
      learn: (soft: SoftLabels, { steps }: { steps: number }, _headRate: number, seed: number) => {
        seen.push({ soft, steps, seed })
        now = now.map((one) => ({ ...one, data: one.data.map((value) => value + steps) }))
        return Promise.resolve(0)
      },
      eachWeight: () => now,
    }
    const training = { batch: 16, learningRate: 1e-4 }
    const starts = [
      { weights: weight(0, 10), training: { ...training, steps: 3 } },
      { weights: weight(20, 0), training: { ...training, steps: 5 } },
    ]
    const rows = Int32Array.of(4, 9)
    const mean = await trainAveraged(model, starts, rows, Int32Array.of(1, 0), 7)
    expect(mean).toEqual(weight((3 + 25) / 2, (13 + 5) / 2))
    expect(seen.map(({ steps, seed }) => [steps, seed])).toEqual([
      [3, 7],
      [5, 7],
    ])
    for (const { soft } of seen) {
      expect(soft.rows).toEqual(rows)
      const [a = 0, b = 0, c = 0, d = 0] = soft.distributions
      expect(b).toBeGreaterThan(a)
      expect(c).toBeGreaterThan(d)
      expect(a + b).toBeCloseTo(1, 6)
    }
  })
})
