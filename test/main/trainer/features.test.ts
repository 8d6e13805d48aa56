import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TokenizedRows } from '../../../src/main/data/tokenized'
import { lengthsOf } from '../../../src/main/data/tokenized'
import { featureFile, frozenFeatures, gatherFeatures } from '../../../src/main/trainer/features'

const lengths = Int32Array.of(5, 2, 9, 3, 2)
/** Two numbers a row, told from the row alone. */
const compute = (rows: Int32Array): Float32Array =>
  Float32Array.from(Array.from(rows).flatMap((row) => [row, row * row]))
const nothing = (): Promise<void> => Promise.resolve()

describe('features of frozen layers', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'features-'))
    path = join(folder, 'features.safetensors')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('lie in the order of the rows, whatever batches computed them', async () => {
    const features = await frozenFeatures(path, lengths, 2, compute, nothing)
    expect(features.values).toEqual(Float32Array.of(0, 0, 1, 1, 2, 4, 3, 9, 4, 16))
    expect(gatherFeatures(features, Int32Array.of(3, 0))).toEqual(Float32Array.of(3, 9, 0, 0))
  })

  it('are computed once', async () => {
    await frozenFeatures(path, lengths, 2, compute, nothing)
    const again = await frozenFeatures(path, lengths, 2, () => expect.fail('computed'), nothing)
    expect(again.values).toEqual(Float32Array.of(0, 0, 1, 1, 2, 4, 3, 9, 4, 16))
  })

  it('are computed anew when the cache file is damaged anywhere', async () => {
    await frozenFeatures(path, lengths, 2, compute, nothing)
    const whole = readFileSync(path)
    for (const at of [1, 20, whole.length - 2]) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 0x11
      writeFileSync(path, bytes)
      let computed = 0
      await frozenFeatures(
        path,
        lengths,
        2,
        (rows) => {
          computed += rows.length
          return compute(rows)
        },
        nothing,
      )
      expect(computed).toBe(5)
    }
  })

  it('have another file for every other content', () => {
    const starts = Int32Array.of(0, 2)
    const tokens: TokenizedRows = {
      rows: 1,
      ids: Int32Array.of(1, 2),
      typeIds: new Uint8Array(2),
      starts,
      lengths: lengthsOf(starts),
      truncated: new Uint8Array(1),
    }
    const key = { modelHash: 'm', pooling: 'mean', precision: 'float32', tokens }
    const names = [
      featureFile('cache', key),
      featureFile('cache', { ...key, modelHash: 'n' }),
      featureFile('cache', { ...key, pooling: 'max' }),
      featureFile('cache', { ...key, precision: 'bfloat16' }),
      featureFile('cache', { ...key, tokens: { ...tokens, ids: Int32Array.of(1, 3) } }),
      featureFile('cache', { ...key, tokens: { ...tokens, typeIds: Uint8Array.of(0, 1) } }),
    ]
    expect(new Set(names).size).toBe(names.length)
    expect(featureFile('cache', { ...key })).toBe(names[0])
  })
})
