/**
 * What a step is spent on besides the model, and what a recipe's choices cost or save: MiniLM-L6 on
 * film rows, batch 32, at most 128 tokens. Variants alternate; medians are printed.
 */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTable } from '../../src/main/data/detect'
import { padBatch } from '../../src/main/data/tokenized'
import { obtainStarter } from '../../src/main/formats/starter'
import { createLayout, disposeLayout } from '../../src/main/nn/layout'
import { device } from '../../src/main/nn/tf'
import { sharedCacheFolder } from '../../src/main/platform/paths'
import { createModel } from '../../src/main/trainer/model'
import type { CreateTrainee } from '../../src/main/trainer/setup'
import { toTokenBatch } from '../../src/main/trainer/session'
import { gatherTargets } from '../../src/main/trainer/targets'
import type { DataRow } from '../../src/shared/domain/dataset'
import { methodsOf } from '../main/trainer/watched'
import {
  addRun,
  attempt,
  makeRun,
  outcomesOf,
  type MadeRun,
  type RunOptions,
} from '../main/trainer/support'
import { cell, median, publish } from './report'

type RecipePart = NonNullable<RunOptions['recipe']>

const { rows: rowCount, rounds } = z
  .object({
    rows: z.coerce.number().int().multipleOf(32).default(640),
    rounds: z.coerce.number().int().min(1).default(3),
  })
  .parse(JSON.parse(process.env.GRAFTBENCH_BENCH ?? '{}'))
const common: RecipePart = {
  ...{ epochs: 2, batch: { size: 32 }, data: { maxLength: 128, validation: 0, test: 0 } },
  optimizer: { learningRate: 5e-5 },
}

let made: MadeRun
const rows: DataRow[] = []
const table: string[][] = []

beforeAll(async () => {
  const kit = await obtainStarter(sharedCacheFolder())
  for await (const record of (await openTable(kit.sets.film.train)).records()) {
    if (record.kind !== 'row' || rows.length >= rowCount) continue
    const [text, label] = record.values
    rows.push({
      ...{ id: rows.length, part: 'all', pair: null, columns: {} },
      ...{ text: String(text), label: String(label) },
    })
  }
  const labels = [...new Set(rows.map(({ label }) => String(label)))]
  made = await makeRun({ model: kit.modelFolder, rows, labels, recipe: common })
})
afterAll(() => {
  rmSync(made.root, { recursive: true, force: true })
  publish(
    'What a step is spent on',
    `TensorFlow ${device().tensorflow}. MiniLM-L6, ${rowCount} film rows, batch 32, at most 128 tokens; medians of ${rounds} alternating runs. Preparing: rows to padded arrays, targets and layout.`,
    ['', 'samples/s, first epoch', 'samples/s, further epochs', 'preparing, % of the step'],
    table,
  )
})

interface Seconds {
  step: number
  prepare: number
  rows: number
}

let attempts = 0

/** Seconds of the steps of each epoch, and what preparing their batches takes of them. */
async function measure(recipe: RecipePart): Promise<readonly [Seconds, Seconds]> {
  attempts += 1
  const labels = [...new Set(rows.map(({ label }) => String(label)))]
  const folder = addRun(made, `run-${attempts}`, { labels, recipe: { ...common, ...recipe } })
  const epochs: [Seconds, Seconds] = [
    { step: 0, prepare: 0, rows: 0 },
    { step: 0, prepare: 0, rows: 0 },
  ]
  const steps = rowCount / 32
  const timed: CreateTrainee = async (parts) => {
    const { trainee, runtime } = await createModel(parts)
    let epoch = epochs[0]
    let started = 0
    return {
      runtime,
      trainee: {
        ...methodsOf(trainee),
        accumulate(batch, share, at) {
          epoch = epochs[at.step < steps ? 0 : 1]
          const before = performance.now()
          const padded = padBatch(parts.data.tokens, batch, parts.data.tokenizer.padId)
          gatherTargets(parts.data.targets, batch)
          disposeLayout(createLayout(toTokenBatch(padded), 'packed', { kind: 'plain' }))
          started = performance.now()
          epoch.prepare += started - before
          epoch.rows += batch.length
          return trainee.accumulate(batch, share, at)
        },
        apply(learningRate) {
          const step = trainee.apply(learningRate)
          epoch.step += performance.now() - started
          return step
        },
      },
    }
  }
  await attempt(folder, { createTrainee: timed })
  expect(outcomesOf(folder).at(-1)?.kind).toBe('finished')
  return epochs
}

async function compare(variants: Readonly<Record<string, RecipePart>>): Promise<void> {
  const found = new Map<string, (readonly [Seconds, Seconds])[]>()
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, recipe] of Object.entries(variants)) {
      found.set(name, [...(found.get(name) ?? []), await measure(recipe)])
    }
  }
  for (const [name, runs] of found) {
    const rate = (epoch: 0 | 1): number =>
      median(runs.map((run) => (1000 * run[epoch].rows) / run[epoch].step))
    const share = median(runs.map(([, last]) => (100 * last.prepare) / last.step))
    table.push([name, cell(rate(0), 1), cell(rate(1), 1), cell(share, 2)])
  }
}

test('all parameters: average of the weights, and precision', () =>
  compare({
    'all, float32': {},
    'all, float32, averaged weights': { ema: 0.999 },
    'all, bfloat16': { precision: 'bfloat16' },
  }))

test('the last two of six layers, with and without kept activations', () =>
  compare({
    'last 2 layers, computed anew': { train: { lastLayers: 2 }, cacheFrozen: false },
    'last 2 layers, kept activations': { train: { lastLayers: 2 } },
    'last 2 layers, bfloat16, computed anew': {
      ...{ train: { lastLayers: 2 }, cacheFrozen: false, precision: 'bfloat16' },
    },
    'last 2 layers, bfloat16, kept activations': {
      ...{ train: { lastLayers: 2 }, precision: 'bfloat16' },
    },
  }))
