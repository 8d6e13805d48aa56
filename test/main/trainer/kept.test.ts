import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { NamedArray } from '../../../src/main/trainer/arrays'
import { hashOfWeights, keptRecord, keptWeights } from '../../../src/main/trainer/kept'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const weights = (...values: number[]): readonly NamedArray[] =>
  values.map((value, at) => ({ name: `w${at}`, shape: [1], data: Float32Array.of(value) }))

const path = (): string => join(folder, 'trained-a.safetensors')

/** Asks for weights that would be `value`; gives what came of it and what was said. */
async function asked(value: number, file = path()) {
  const said: string[] = []
  const keeper = { run: 'run_1', log: (sentence: string) => void said.push(sentence) }
  const kept = await keptWeights(file, keeper, () => Promise.resolve(weights(value)))
  return { ...kept, said }
}

describe('weights of the cache', () => {
  it('are computed once, and name the run that did it', async () => {
    expect(await asked(1)).toEqual({ weights: weights(1), by: undefined, said: [] })
    expect(await asked(2)).toEqual({ weights: weights(1), by: 'run_1', said: [] })
  })

  it('are computed anew where their file is cut or holds other numbers', async () => {
    await asked(1)
    const bytes = readFileSync(path())
    writeFileSync(path(), bytes.subarray(0, bytes.length - 2))
    expect((await asked(2)).weights).toEqual(weights(2))
    const other = readFileSync(path())
    other[other.length - 1] = 0
    writeFileSync(path(), other)
    expect((await asked(3)).weights).toEqual(weights(3))
    expect((await asked(4)).weights).toEqual(weights(3))
  })

  it('are given where they cannot be kept, which is said', async () => {
    const file = join(folder, 'no-folder')
    writeFileSync(file, '')
    const { weights: given, said } = await asked(5, join(file, 'trained-b.safetensors'))
    expect(given).toEqual(weights(5))
    expect(said.join()).toContain('Not kept for other runs')
  })
})

describe('the hash of weights', () => {
  it('does not depend on their order, but on names, shapes and numbers', () => {
    const [one, other] = weights(1, 2) as [NamedArray, NamedArray]
    const hash = hashOfWeights([one, other])
    expect(hashOfWeights([other, one])).toBe(hash)
    for (const changed of [
      { ...one, name: 'v' },
      { ...one, shape: [1, 1] },
      { ...one, data: Float32Array.of(3) },
    ]) {
      expect(hashOfWeights([changed, other])).not.toBe(hash)
    }
  })
})

describe('records of the cache', () => {
  it('are missing where their file is, or says something else', async () => {
    const file = join(folder, 'trials-a.json')
    expect(await keptRecord(file, z.array(z.number()))).toBeUndefined()
    for (const [content, record] of [
      ['[1', undefined],
      ['{}', undefined],
      ['[1, 2]', [1, 2]],
    ] as const) {
      writeFileSync(file, content)
      expect(await keptRecord(file, z.array(z.number()))).toEqual(record)
    }
  })
})
