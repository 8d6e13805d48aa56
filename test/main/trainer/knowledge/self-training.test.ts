import { describe, expect, it } from 'vitest'
import { selfTrainingOf } from '../../../../src/main/trainer/knowledge/self-training'
import { startOf } from './trials'

type Input = Parameters<typeof selfTrainingOf>[2]

const inputOf = (labelled: number, unlabelled: number, use: string): Input => {
  const parts = {
    train: Int32Array.from({ length: labelled }, (_, row) => row),
    unlabelled: Int32Array.from({ length: unlabelled }, (_, at) => labelled + at),
  }
  const tokens = {
    ids: Int32Array.from(
      { length: 4 * (labelled + unlabelled) },
      (_, at) => [1, 8, 9, 2][at % 4] ?? 0,
    ),
    starts: Int32Array.from({ length: labelled + unlabelled + 1 }, (_, row) => 4 * row),
  }
  const rows = Array.from({ length: labelled + unlabelled }, () => ({
    text: 'A but B',
    pair: null,
  }))
  const data = { parts, rows, tokens: { ...tokens, lengths: Int32Array.of(3) }, tokenizer }
  const contrast = { words: ['but'], before: 1, after: 1 }
  const content = { lexicons: [{ id: 'l', contrast }] }
  const knowledge = { content, choice: { training: [{ use }], without: [] } }
  const input = { data, knowledge, mayCombine: true, mostSteps: null, log: () => undefined }
  return input as unknown as Input
}

const tokenizer = {
  ...{ special: new Set([1, 2]), padId: 0 },
  encode: () => ({ ids: Int32Array.of(7), typeIds: new Uint8Array(1), truncated: false }),
}

const labelledRows = (count: number) => ({
  rows: Int32Array.from({ length: count }, (_, row) => row),
  y: new Int32Array(count),
})

const learned = (labelled: number, unlabelled: number, taught: boolean, use = 'words') =>
  selfTrainingOf(startOf('s', taught), labelledRows(labelled), inputOf(labelled, unlabelled, use))

describe('a self-training', () => {
  it('knows the tokens of texts without what stands in every one', () => {
    const words = learned(32, 500, true)?.words()
    // 8, 9 and the pair of both in every row; nothing of what stands at the ends.
    expect([words?.rows, words?.columns]).toEqual([500, 3])
  })

  it('looks behind contrasting words where a pack taught something, and texts hold no triples', () => {
    expect(learned(150, 500, true, 'triples')?.behind().places).toEqual([])
    expect(learned(150, 500, true)?.behind().places).toHaveLength(500)
    expect(learned(150, 500, false)?.behind().places).toEqual([])
  })

  it('is tried with few labelled rows only where a pack taught, and with many rows without labels', () => {
    expect(learned(31, 500, true)).toBeUndefined()
    expect(learned(32, 500, true)?.unlabelled).toHaveLength(500)
    expect(learned(32, 199, true)).toBeUndefined()
    expect(learned(149, 500, false)).toBeUndefined()
    expect(learned(150, 500, false)?.unlabelled).toHaveLength(500)
    expect(learned(200, 500, false)).toBeUndefined()
  })

  it('is on 5,000 rows without labels at most, in one pass in which labelled ones are a quarter', () => {
    const self = learned(64, 9000, true)
    expect(self?.unlabelled).toHaveLength(5000)
    expect(self?.training.steps).toBe(417)
  })
})
