import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nothingYet } from '../../../src/main/trainer/best'
import type { CheckpointState } from '../../../src/main/trainer/checkpoint'
import {
  loadCheckpoint,
  removeOldCheckpoints,
  saveCheckpoint,
} from '../../../src/main/trainer/checkpoint'

const state = (step: number): CheckpointState => ({
  version: 1,
  fingerprint: 'own',
  step,
  epoch: step / 10,
  nextBatch: step,
  precision: 'float32',
  best: { ...nothingYet('validation.loss'), value: 0.1 + 0.2, step: 3 },
  bestMetrics: { 'validation.loss': 0.1 + 0.2 },
  evaluatedStep: 3,
  earlyStopped: false,
  length: { epochs: 2, maxSteps: null },
  seconds: 1.25,
  stepSeconds: 1,
  samples: 7,
  epochLoss: { sum: 1 / 3, rows: 7 },
  metrics: {},
  versions: {},
})

const weights = (value: number) => [
  { name: 'a', shape: [2, 2], data: Float32Array.of(value, 1e-40, -0, 3.4e38) },
  { name: 'b', shape: [1], data: Float32Array.of(0.1) },
]
const moments = [{ name: 'a.m', shape: [4], data: Float32Array.of(1, 2, 3, 4) }]

describe('a checkpoint', () => {
  let root: string
  let folder: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'checkpoint-'))
    folder = join(root, 'checkpoints')
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const save = (step: number): Promise<unknown> =>
    saveCheckpoint(folder, state(step), weights(step), moments)

  it('is absent before the first one', async () => {
    expect(await loadCheckpoint(folder, 'own')).toBeUndefined()
  })

  it('comes back bit for bit', async () => {
    await save(4)
    const loaded = await loadCheckpoint(folder, 'own')
    expect(loaded?.state).toEqual(state(4))
    expect(loaded?.warnings).toEqual([])
    const found = loaded?.weights.find(({ name }) => name === 'a')
    expect(found?.shape).toEqual([2, 2])
    expect(Object.is(found?.data[2], -0)).toBe(true)
    expect(found?.data).toEqual(weights(4)[0]?.data)
    expect(loaded?.optimizer).toEqual(moments)
  })

  it('is the newest one, and keeps the one before', async () => {
    for (const step of [1, 2, 3]) await save(step)
    expect((await loadCheckpoint(folder, 'own'))?.state.step).toBe(3)
    expect((await readdir(folder)).sort()).toEqual(['last', 'previous'])
  })

  it.each(['weights.safetensors', 'optimizer.safetensors', 'state.json'])(
    'gives way to the one before when %s is damaged',
    async (file) => {
      await save(1)
      await save(2)
      const path = join(folder, 'last', file)
      const bytes = readFileSync(path)
      bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 0x55
      writeFileSync(path, bytes)
      const loaded = await loadCheckpoint(folder, 'own')
      expect(loaded?.state.step).toBe(1)
      expect(loaded?.warnings[0]).toContain('damaged')
    },
  )

  it('is refused with a code when every one is damaged', async () => {
    await save(1)
    appendFileSync(join(folder, 'last', 'weights.safetensors'), 'x')
    await expect(loadCheckpoint(folder, 'own')).rejects.toMatchObject({
      code: 'checkpoint.damaged',
    })
  })

  it('is refused for another recipe, model or data set', async () => {
    await save(1)
    await expect(loadCheckpoint(folder, 'other')).rejects.toMatchObject({
      code: 'checkpoint.mismatch',
    })
  })

  it('is found whatever rename the process died before', async () => {
    await save(1)
    await save(2)
    const at = (name: string): string => join(folder, name)
    const crashes = [
      async () => rename(at('last'), at('last.next')),
      async () => {
        await rm(at('previous'), { recursive: true })
        await cp(at('last'), at('last.next'), { recursive: true })
      },
      async () => {
        await rm(at('previous'), { recursive: true, force: true })
        await rename(at('last'), at('previous'))
      },
    ]
    for (const crash of crashes) {
      await crash()
      expect((await loadCheckpoint(folder, 'own'))?.state.step).toBe(2)
      await save(2)
    }
  })

  it('leaves the last one when a new one cannot be written to its end', async () => {
    await save(1)
    const broken = [{ name: 'a', shape: [3], data: Float32Array.of(1) }]
    await expect(saveCheckpoint(folder, state(2), broken, moments)).rejects.toThrow(/3/)
    expect((await loadCheckpoint(folder, 'own'))?.state.step).toBe(1)
    expect(await readdir(folder)).toEqual(['last'])
  })

  it('stays alone when a run has finished', async () => {
    await save(1)
    await save(2)
    await removeOldCheckpoints(folder)
    expect(await readdir(folder)).toEqual(['last'])
  })
})
