import { describe, expect, it } from 'vitest'
import { tokenFeatures, type SparseRows } from '../../../src/main/knowledge/token-features'
import { joinWords } from '../../../src/main/knowledge/word-answers'
import { createRandom } from '../../../src/main/platform/random'

const rows = 2000

/**
 * Texts of six words out of 60; the first twenty speak for class 1, the next for class 0. A model
 * answers the truth with an error of its own for each row.
 */
function noisyAnswers(classes: 2 | 3, errors: number) {
  const random = createRandom(1)
  const uniform = (): number => random.next() / 2 ** 32
  const texts: Int32Array[] = []
  const y: number[] = []
  const logits = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row += 1) {
    const words = Int32Array.from({ length: 6 }, () => random.below(60))
    const votes = Array.from(
      { length: classes },
      (_, k) => words.filter((one) => Math.floor(one / 20) === k).length,
    )
    texts.push(words)
    y.push(votes.indexOf(Math.max(...votes)))
    votes.forEach((count, k) => {
      const error = errors * (uniform() + uniform() + uniform() - 1.5)
      logits[row * classes + k] = count + error
    })
  }
  return { texts, y, logits }
}

const accuracy = (logits: Float32Array, y: readonly number[], classes: number): number =>
  y.filter((label, row) => {
    const own = [...logits.subarray(row * classes, (row + 1) * classes)]
    return own.indexOf(Math.max(...own)) === label
  }).length / y.length

const spreadOf = (logits: Float32Array, classes: number): number => {
  let sum = 0
  for (let at = 0; at < logits.length; at += classes) {
    const own = logits.subarray(at, at + classes)
    const mean = own.reduce((total, one) => total + one, 0) / classes
    sum += own.reduce((total, one) => total + (one - mean) ** 2, 0)
  }
  return sum / logits.length
}

const join = (logits: Float32Array, words: SparseRows, classes: number) =>
  joinWords(logits, words, classes, () => Promise.resolve())

/** Of two classes, the second over the first. */
const differences = (logits: Float32Array): readonly number[] =>
  Array.from({ length: rows }, (_, row) => (logits[2 * row + 1] ?? 0) - (logits[2 * row] ?? 0))

describe('answers of a model, joined with what words say', () => {
  it.each([2, 3] as const)(
    'are right more often, and no surer, with %i classes',
    async (classes) => {
      const { texts, y, logits } = noisyAnswers(classes, 4)
      const joined = await join(logits, tokenFeatures(texts), classes)
      expect(joined.explained).toBeGreaterThan(0.1)
      expect(joined.explained).toBeLessThan(1)
      expect(accuracy(joined.logits, y, classes)).toBeGreaterThan(
        accuracy(logits, y, classes) + 0.015,
      )
      expect(spreadOf(joined.logits, classes)).toBeCloseTo(spreadOf(logits, classes), 1)
    },
  )

  it('stay about as they are where words explain nothing', async () => {
    const { logits, y } = noisyAnswers(2, 4)
    const random = createRandom(2)
    const strange = y.map(() => Int32Array.from({ length: 6 }, () => random.below(60)))
    const joined = await join(logits, tokenFeatures(strange), 2)
    expect(joined.explained).toBeLessThan(0.05)
    const moved = differences(joined.logits).map((value, row) =>
      Math.abs(value - (differences(logits)[row] ?? 0)),
    )
    expect(Math.max(...moved)).toBeLessThan(0.5)
  })

  it('keep the mean of each class', async () => {
    const { texts, logits } = noisyAnswers(2, 1)
    const shifted = logits.map((value, at) => (at % 2 === 1 ? value + 3 : value))
    const joined = await join(shifted, tokenFeatures(texts), 2)
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / rows
    expect(mean(differences(joined.logits))).toBeCloseTo(mean(differences(shifted)), 3)
  })

  it('let others work between fits', async () => {
    const { texts, logits } = noisyAnswers(3, 1)
    let times = 0
    await joinWords(logits, tokenFeatures(texts), 3, () => {
      times += 1
      return Promise.resolve()
    })
    expect(times).toBe(3 * 5)
  })

  it('are those of the model where it always says the same, or texts have nothing in common', async () => {
    const same = Float32Array.from({ length: 20 }, (_, at) => at % 2)
    const texts = Array.from({ length: 10 }, () => Int32Array.of(1, 2))
    expect(await join(same, tokenFeatures(texts), 2)).toEqual({ logits: same, explained: 0 })
    const { logits } = noisyAnswers(2, 1)
    const apart = Array.from({ length: rows }, (_, row) => Int32Array.of(row))
    expect(await join(logits, tokenFeatures(apart), 2)).toEqual({ logits, explained: 0 })
  })
})
