import { describe, expect, it } from 'vitest'
import {
  attributionLoss,
  irrelevant,
  moveIrrelevant,
  reason,
} from '../../../src/main/knowledge/attribution'
import {
  consistencyLoss,
  expectationLoss,
  expectationLossOfOutputs,
  imitationLoss,
  logOddsSum,
  noiseAwareLoss,
  ofOutputs,
  pairsOf,
  probabilitiesOf,
  scaled,
  sumOf,
  teacherOf,
  type LogitTerm,
} from '../../../src/main/knowledge/losses'

/** Numbers that look random and are the same in every run, about -2 to 2. */
function numbers(size: number, seed = 1): Float32Array {
  let state = seed * 2654435761
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 22 - 2
  })
}

/** Compares the gradient with central differences of `lossAt`, by default of the term itself. */
function expectGradient(
  term: LogitTerm,
  logits: Float32Array,
  lossAt: (logits: Float32Array) => number = (moved) => term(moved).loss,
): void {
  const { gradient } = term(logits)
  expect(gradient).toHaveLength(logits.length)
  logits.forEach((_, at) => {
    const moved = (by: number): number => {
      const copy = logits.slice()
      copy[at] = (copy[at] ?? 0) + by
      return lossAt(copy)
    }
    const step = 1 / 256
    const slope = (moved(step) - moved(-step)) / (2 * step)
    expect(gradient[at], `element ${at}`).toBeCloseTo(slope, 4)
  })
}

const logits = numbers(12, 3)
const log = Math.log

describe('the loss of a teacher', () => {
  // p = (0.5, 0.5); a tilt of log 3 towards the second class makes q = (0.25, 0.75).
  const even = Float32Array.of(0, 0)
  const tilt = Float32Array.of(0, log(3))

  it('has the teacher p · exp(λ s), normalised', () => {
    expect([...teacherOf(even, 2, tilt)].map((q) => q.toFixed(6))).toEqual(['0.250000', '0.750000'])
  })

  it('is KL(q ‖ p) with the gradient p − q', () => {
    const { loss, gradient } = imitationLoss(even, 2, tilt)
    expect(loss).toBeCloseTo(0.25 * log(0.25 / 0.5) + 0.75 * log(0.75 / 0.5), 6)
    expect([...gradient]).toEqual([expect.closeTo(0.25, 6), expect.closeTo(-0.25, 6)])
  })

  it('does nothing to a row about which no piece speaks, and is a mean over rows', () => {
    const { loss, gradient } = imitationLoss(
      Float32Array.of(0, 0, 1, -1),
      2,
      Float32Array.of(0, log(3), 0, 0),
    )
    expect(loss).toBeCloseTo(imitationLoss(even, 2, tilt).loss / 2, 6)
    expect([...gradient.subarray(2)]).toEqual([0, 0])
  })

  it('holds the teacher constant in its gradient', () => {
    const speaking = numbers(12, 8)
    const q = teacherOf(logits, 3, speaking)
    expectGradient(
      (x) => imitationLoss(x, 3, speaking),
      logits,
      (moved) => {
        const p = probabilitiesOf(moved, 3)
        return q.reduce((sum, one, at) => sum + one * (log(one) - log(p[at] ?? 0)), 0) / 4
      },
    )
  })

  it('of labels that stand for themselves moves each one by itself', () => {
    const outputs = ofOutputs((x) => imitationLoss(x, 2, pairsOf(Float32Array.of(log(3), 0))))
    const { loss, gradient } = outputs(Float32Array.of(0, 0.7))
    expect(loss).toBeCloseTo(imitationLoss(even, 2, tilt).loss / 2, 6)
    expect([...gradient]).toEqual([expect.closeTo(-0.125, 6), 0])
  })
})

describe('the noise-aware loss', () => {
  const soft = Float32Array.of(0.9, 0.1, 0.2, 0.8)

  it('is the expected cross-entropy under the label model, weighed by row', () => {
    const x = Float32Array.of(log(3), 0, 0, 0)
    const { loss } = noiseAwareLoss(x, 2, soft, Float32Array.of(1, 3))
    const first = -0.9 * log(0.75) - 0.1 * log(0.25)
    expect(loss).toBeCloseTo((first + 3 * log(2)) / 4, 6)
  })

  it('has its gradient', () => {
    const weights = Float32Array.of(1, 0, 0.5, 2)
    const labels = Float32Array.from(probabilitiesOf(numbers(12, 5), 3))
    expectGradient((x) => noiseAwareLoss(x, 3, labels, weights), logits)
  })

  it('is zero, not NaN, where no row counts', () => {
    const { loss, gradient } = noiseAwareLoss(Float32Array.of(1, 2), 2, soft, new Float32Array(1))
    expect(loss).toBe(0)
    expect(gradient.every((slope) => slope === 0)).toBe(true)
  })
})

describe('the loss of expectations', () => {
  it('is KL of the stated shares to the mean prediction', () => {
    // Predictions (0.75, 0.25) and (0.25, 0.75): their mean is even.
    const x = Float32Array.of(log(3), 0, 0, log(3))
    const { loss } = expectationLoss(x, 2, [0.9, 0.1], 1)
    expect(loss).toBeCloseTo(0.9 * log(0.9 / 0.5) + 0.1 * log(0.1 / 0.5), 6)
    expect(expectationLoss(x, 2, [0.5, 0.5], 1).loss).toBeCloseTo(0, 9)
  })

  it.each([0.5, 1, 2])('has its gradient through the mean at temperature %d', (temperature) => {
    expectGradient((x) => expectationLoss(x, 3, [0.6, 0.3, 0.1], temperature), logits)
  })

  it('is finite where a share is zero and where a class is never predicted', () => {
    const sure = Float32Array.of(80, 0, 80, 0)
    expect(expectationLoss(sure, 2, [1, 0], 1).loss).toBeCloseTo(0, 6)
    const { loss, gradient } = expectationLoss(sure, 2, [0, 1], 1)
    expect(Number.isFinite(loss)).toBe(true)
    expect(gradient.every(Number.isFinite)).toBe(true)
  })

  it('of labels that stand for themselves is a mean over labels, with its gradient', () => {
    const shares = [0.8, 0.1, 0.5]
    const even = expectationLossOfOutputs(new Float32Array(6), 3, shares, 1).loss
    const own = (share: number): number =>
      share * log(share / 0.5) + (1 - share) * log((1 - share) / 0.5)
    expect(even).toBeCloseTo((own(0.8) + own(0.1)) / 3, 6)
    expectGradient((x) => expectationLossOfOutputs(x, 3, shares, 0.7), logits)
  })
})

describe('the loss of consistency', () => {
  it('is half the symmetric divergence of the two answers', () => {
    const x = Float32Array.of(log(3), 0, 0, 0)
    const p = [0.75, 0.25]
    const both = p.reduce((sum, one) => sum + (one - 0.5) * log(one / 0.5), 0)
    expect(consistencyLoss(x, 2, Int32Array.of(0, 1)).loss).toBeCloseTo(both / 2, 6)
  })

  it('is zero for equal answers and without pairs', () => {
    const x = Float32Array.of(1, 2, 1, 2)
    expect(consistencyLoss(x, 2, Int32Array.of(0, 1)).loss).toBeCloseTo(0, 9)
    expect(consistencyLoss(x, 2, new Int32Array(0))).toEqual({
      loss: 0,
      gradient: new Float32Array(4),
    })
  })

  it('has its gradient on both sides, also where a row has two twins', () => {
    expectGradient((x) => consistencyLoss(x, 3, Int32Array.of(0, 2, 0, 3)), logits)
    expectGradient(
      ofOutputs((x) => consistencyLoss(x, 2, Int32Array.of(0, 6, 1, 7, 2, 8))),
      logits,
    )
  })
})

describe('the log-odds of the classes of rows', () => {
  it('are those of a row against all other classes, weighed', () => {
    const x = Float32Array.of(log(6), log(2), log(1), 5, 1, 1)
    const { loss } = logOddsSum(x, 3, [0, 1], Float32Array.of(2, 0))
    expect(loss).toBeCloseTo(2 * log(6 / 3), 6)
  })

  it('have their gradient', () => {
    const weights = Float32Array.of(1, -0.5, 0, 2)
    expectGradient((x) => logOddsSum(x, 3, [2, 0, 1, 1], weights), logits)
  })

  it('have a slope of one where the model is undecided and where it is sure', () => {
    for (const margin of [0, 30, -30]) {
      const { gradient } = logOddsSum(Float32Array.of(margin, 0), 2, [0], Float32Array.of(1))
      expect([...gradient]).toEqual([1, -1])
    }
  })
})

describe('terms together', () => {
  it('are added and scaled with their gradients', () => {
    const one = { loss: 1, gradient: Float32Array.of(1, 2) }
    const two = { loss: 3, gradient: Float32Array.of(-1, 4) }
    expect(sumOf([one, scaled(two, 0.5)])).toEqual({
      loss: 2.5,
      gradient: Float32Array.of(0.5, 4),
    })
    expect(() => sumOf([])).toThrow('No terms')
  })
})

describe('the price of attributions', () => {
  // Two rows of two tokens and one of padding, two dimensions each.
  const attribution = Float32Array.of(1, 2, 3, 0, 0, 1, 2, 2, 9, 9)
  const tokens = (roles: readonly number[]) => ({ roles, owners: [0, 0, 1, 1, 2], rows: 2 })

  it('is λ ‖m ⊙ g‖² over irrelevant tokens, a mean over rows', () => {
    const { loss, gradient } = attributionLoss(
      attribution,
      2,
      tokens([irrelevant, 0, 0, irrelevant, irrelevant]),
      { penalty: 0.5, reward: 0 },
    )
    expect(loss).toBeCloseTo((0.5 * (1 + 4) + 0.5 * (4 + 4)) / 2, 6)
    expect([...gradient]).toEqual([0.5, 1, 0, 0, 0, 0, 1, 1, 0, 0])
  })

  it('rewards the share of reasons, and only in rows that have some', () => {
    const { loss } = attributionLoss(attribution, 2, tokens([reason, 0, 0, 0, 0]), {
      penalty: 0,
      reward: 2,
    })
    expect(loss).toBeCloseTo((-2 * log(5 / 14 + 1e-4)) / 2, 6)
  })

  it('has its gradient by the attribution', () => {
    expectGradient(
      (g) =>
        attributionLoss(g, 2, tokens([reason, irrelevant, 0, reason, 0]), {
          penalty: 0.3,
          reward: 0.7,
        }),
      attribution,
    )
  })

  it('is finite where there is no attribution at all', () => {
    const none = attributionLoss(new Float32Array(10), 2, tokens([reason, 1, 1, 1, 1]), {
      penalty: 1,
      reward: 1,
    })
    expect(none).toEqual({ loss: 0, gradient: new Float32Array(10) })
  })
})

describe('moved tokens', () => {
  // Tokens of two rows, the last one padding; the mean of the four is (2, 2).
  const vectors = Float32Array.of(1, 0, 3, 0, 4, 4, 0, 4, 9, 9)
  const tokens = { roles: [0, irrelevant, reason, irrelevant, irrelevant], owners: [0, 0, 1, 1, 2] }

  it('are irrelevant ones alone, on their way to one another or to the mean of all', () => {
    const moved = (to: number): number[] =>
      [
        ...moveIrrelevant(vectors, 2, { ...tokens, rows: 2 }, [
          { part: 0.5, to },
          { part: 0, to },
        ]),
      ].map((one) => one + 0)
    expect(moved(0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(moved(0.5)).toEqual([0, 0, -1.5, 2, 0, 0, 0, 0, 0, 0])
    expect(moved(0.99)).toEqual([0, 0, -0.5, 1, 0, 0, 0, 0, 0, 0])
  })
})
