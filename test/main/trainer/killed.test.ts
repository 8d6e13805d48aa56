import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trainerEnvironment } from '../../../src/main/platform/trainerEnvironment'
import { bundleTrainer, type Bundle } from './bundle'
import { addRun, eventsOf, makeRun, outcomesOf, reviewRows, seriesOf } from './support'
import type { MadeRun, RunOptions } from './support'

type RecipePart = NonNullable<RunOptions['recipe']>

/** Kills of one run; with five variants twenty in all. */
const kills = 4

const common: RecipePart = {
  epochs: 3,
  batch: { size: 4, accumulate: 3 },
  optimizer: { learningRate: 2e-3 },
  dropout: 0.1,
  checkpoint: { everySteps: 2 },
  evaluation: { every: 5 },
  data: { validation: 0.2, test: 0.1 },
}

const variants: readonly (readonly [string, RecipePart])[] = [
  ['all parameters', common],
  ['kept activations of frozen layers', { ...common, train: { lastLayers: 1 } }],
  [
    'averaged weights and Lion',
    { ...common, ema: 0.9, optimizer: { name: 'lion', learningRate: 1e-4 } },
  ],
  ['float16', { ...common, precision: 'float16', lossScaling: { initial: 2 ** 22, interval: 3 } }],
  [
    'bfloat16 and a token budget',
    { ...common, precision: 'bfloat16', batch: { tokens: 48, order: 'random', accumulate: 3 } },
  ],
]

/** Always the same numbers from 0 to below 1. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return state / 2 ** 31
  }
}

describe('a trainer that is killed between the batches of a step', () => {
  let bundle: Bundle
  let run: MadeRun

  beforeAll(async () => {
    bundle = await bundleTrainer('test/main/trainer/dying-trainer.ts')
    run = await makeRun({ rows: reviewRows(120) })
  })
  afterAll(async () => {
    bundle.remove()
    await rm(run.root, { recursive: true, force: true })
  })

  /** How the process ended: a signal, or its exit code. */
  const train = (folder: string, batches?: number): Promise<string | number | null> =>
    new Promise((resolve, reject) => {
      const more = batches === undefined ? [] : [String(batches)]
      const child = spawn(process.execPath, [bundle.entry, folder, ...more], {
        env: { ...process.env, ...trainerEnvironment(1) },
        stdio: 'ignore',
      })
      child.on('error', reject)
      child.on('exit', (code, signal) => {
        resolve(signal ?? code)
      })
    })

  it.each(variants)(
    'goes on with %s to the same losses and weights, byte for byte',
    async (name, recipe) => {
      const straight = addRun(run, `${name} straight`, { recipe })
      const killed = addRun(run, `${name} killed`, { recipe })
      expect(await train(straight)).toBe(0)
      const random = numbers(name.length)
      for (let kill = 0; kill < kills; kill += 1) {
        expect(await train(killed, Math.floor(random() * 12))).toBe('SIGKILL')
        expect(outcomesOf(killed)).toEqual([])
      }
      expect(await train(killed)).toBe(0)
      expect(outcomesOf(killed)).toMatchObject([{ kind: 'finished' }])
      expect(eventsOf(killed).filter(({ type }) => type === 'started')).toHaveLength(kills + 1)
      for (const series of ['train.loss', 'gradientNorm', 'validation.loss']) {
        expect(seriesOf(killed, series)).toEqual(seriesOf(straight, series))
      }
      for (const file of [
        'best/model.safetensors',
        'last/weights.safetensors',
        'last/optimizer.safetensors',
      ]) {
        const bytes = (folder: string): Buffer => readFileSync(join(folder, 'checkpoints', file))
        expect(bytes(killed).equals(bytes(straight)), file).toBe(true)
      }
    },
    240_000,
  )
})
