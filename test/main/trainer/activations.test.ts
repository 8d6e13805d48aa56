import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lengthsOf } from '../../../src/main/data/tokenized'
import {
  activationBytes,
  activationFolder,
  openActivations,
  type ActivationKey,
} from '../../../src/main/trainer/activations'

const starts = Int32Array.of(0, 5, 7, 16, 19, 21)
const key: ActivationKey = {
  modelHash: 'm',
  trainedLayers: 1,
  precision: 'float32',
  tokens: {
    rows: 5,
    ids: Int32Array.from({ length: 21 }, (_, at) => at),
    typeIds: new Uint8Array(21),
    starts,
    lengths: lengthsOf(starts),
    truncated: new Uint8Array(5),
  },
  rows: Int32Array.of(0, 1, 2, 4),
  width: 4,
}

/** Four bytes a token, told from row and token alone. */
const compute = (rows: Int32Array): Uint8Array =>
  Uint8Array.from(
    Array.from(rows).flatMap((row) =>
      Array.from({ length: key.tokens.lengths[row] ?? 0 }, (_, at) => [
        row,
        at,
        row * at,
        7,
      ]).flat(),
    ),
  )
const afterBatch = (): Promise<void> => Promise.resolve()

describe('activations of frozen layers', () => {
  let cache: string
  let folder: string

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'activations-'))
    folder = activationFolder(cache, key)
  })
  afterEach(() => rm(cache, { recursive: true, force: true }))

  it('are read back for any rows in any order', async () => {
    const activations = await openActivations(folder, key, { compute, afterBatch })
    for (const rows of [[2, 0], [4], [1, 2, 4, 0]]) {
      const wanted = Int32Array.from(rows)
      expect(activations.covers(wanted)).toBe(true)
      expect(activations.read(wanted)).toEqual(compute(wanted))
    }
    expect(activations.covers(Int32Array.of(0, 3))).toBe(false)
    expect(readFileSync(join(folder, 'values.bin'))).toHaveLength(activationBytes(key))
    expect(activationBytes(key)).toBe((5 + 2 + 9 + 2) * 4)
    activations.close()
  })

  it('are computed once, and anew when a byte of the file has changed', async () => {
    const open = async (): Promise<number> => {
      let computed = 0
      const counting = (rows: Int32Array): Uint8Array => {
        computed += rows.length
        return compute(rows)
      }
      const opened = await openActivations(folder, key, { compute: counting, afterBatch })
      expect(opened.read(key.rows)).toEqual(compute(key.rows))
      opened.close()
      return computed
    }
    expect(await open()).toBe(4)
    expect(await open()).toBe(0)
    for (const [name, at] of [
      ['values.bin', 30],
      ['about.json', 3],
    ] as const) {
      const bytes = readFileSync(join(folder, name))
      bytes[at] = (bytes[at] ?? 0) ^ 0x11
      writeFileSync(join(folder, name), bytes)
      expect(await open()).toBe(4)
    }
  })

  it('leave nothing behind when computing them is stopped', async () => {
    const stop = (): Promise<void> => Promise.reject(new Error('stopped'))
    const opening = openActivations(folder, key, { compute, afterBatch: stop })
    await expect(opening).rejects.toThrow('stopped')
    expect(existsSync(folder)).toBe(false)
    expect(readdirSync(cache)).toEqual([])
  })

  it('have another folder for every other content', () => {
    const { tokens } = key
    const others: ActivationKey[] = [
      { ...key, modelHash: 'n' },
      { ...key, trainedLayers: 2 },
      { ...key, precision: 'bfloat16' },
      { ...key, rows: Int32Array.of(0, 1, 2) },
      { ...key, tokens: { ...tokens, ids: tokens.ids.map((id) => id + 1) } },
      { ...key, tokens: { ...tokens, typeIds: new Uint8Array(21).fill(1) } },
    ]
    const names = [key, ...others].map((one) => activationFolder(cache, one))
    expect(new Set(names).size).toBe(names.length)
  })
})
