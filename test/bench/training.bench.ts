/**
 * Fine-tuning end to end against Hugging Face Trainer, on the same rows with the same
 * hyper-parameters and two threads each:
 *
 *     npm run bench -- training --reference /path/to/python
 *
 * PYTHON needs torch, transformers and accelerate. The two programs alternate; medians, ratios and
 * peak memory are printed and appended to docs/benchmarks.md. Without --reference only ours is
 * measured.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTable } from '../../src/main/data/detect'
import { obtainStarter, type StarterKit } from '../../src/main/formats/starter'
import * as ops from '../../src/main/nn/ops'
import { device, dispose, tensor, type Tensor } from '../../src/main/nn/tf'
import { sharedCacheFolder } from '../../src/main/platform/paths'
import { draw } from '../main/nn/reference'
import { seriesOf } from '../main/trainer/support'
import { cell, median, project, publish } from './report'

const options = z
  .object({
    reference: z.string().optional(),
    rounds: z.coerce.number().int().min(1).default(3),
    steps: z.coerce.number().int().min(4).default(40),
  })
  .parse(JSON.parse(process.env.GRAFTBENCH_BENCH ?? '{}'))

const run = promisify(execFile)
const batchSize = 32
const workspace = mkdtempSync(join(tmpdir(), 'graftbench-bench-'))
const graftbench = join(project, 'bin/graftbench')

interface Measured {
  readonly samplesPerSecond: number
  readonly peakMebibytes: number
}

interface MeasuredHere extends Measured {
  /** Of the whole run: with the pass through frozen layers, evaluation and checkpoints. */
  readonly wholeRun: number
  /** Of training, padding not counted. */
  readonly tokensPerSecond: number
}

let kit: StarterKit | undefined

interface Rows {
  readonly train: string
  readonly test: string
}

function starter(): StarterKit {
  if (kit === undefined) throw new Error('The starter kit is not there yet.')
  return kit
}

const filmRows = (): Rows => starter().sets.film

/** Film rows joined until each fills the longest sequence: no program gains by less padding. */
async function fullRows(): Promise<Rows> {
  const { train } = filmRows()
  const texts: string[] = []
  for await (const record of (await openTable(train)).records())
    if (record.kind === 'row') texts.push(String(record.values[0]).replaceAll('"', ''))
  const joined = Array.from({ length: Math.floor(texts.length / 12) }, (_, at) => {
    const text = texts.slice(12 * at, 12 * (at + 1)).join(' ')
    return `"${text}",${at % 2 === 0 ? 'negative' : 'positive'}`
  })
  const write = (name: string, rows: readonly string[]): string => {
    const path = join(workspace, name)
    writeFileSync(path, ['text,label', ...rows, ''].join('\n'))
    return path
  }
  const held = joined.length - 40
  return {
    train: write('full-train.csv', joined.slice(0, held)),
    test: write('full-test.csv', joined.slice(held)),
  }
}

async function lastObject(command: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(command, [...args], { maxBuffer: 1 << 28 })
  const line = stdout.trimEnd().split('\n').at(-1)
  return JSON.parse(line ?? '{}')
}

async function ours(rows: Rows, extra: readonly string[], folder: string): Promise<MeasuredHere> {
  const result = z
    .object({
      run: z.string(),
      steps: z.number(),
      seconds: z.number(),
      samplesPerSecond: z.number(),
      peakMemoryBytes: z.number().nullable(),
    })
    .parse(
      await lastObject(process.execPath, [
        graftbench,
        ...['--workspace', folder, '--json', 'train', '--model', starter().modelFolder],
        ...['--train', rows.train, '--test', rows.test],
        ...['--batch', String(batchSize), '--lr', '5e-5'],
        ...extra,
      ]),
    )
  const peak = (result.peakMemoryBytes ?? Number.NaN) / 2 ** 20
  const { samplesPerSecond, steps, seconds } = result
  const tokensPerSecond = samplesPerSecond * tokensOfSample(join(folder, 'runs', result.run))
  const wholeRun = (steps * batchSize) / seconds
  return { samplesPerSecond, wholeRun, tokensPerSecond, peakMebibytes: peak }
}

/** Mean tokens of a training row, from the points that a run left in its journal. */
function tokensOfSample(runFolder: string): number {
  const rates = seriesOf(runFolder, 'samplesPerSecond')
  const steps = [...seriesOf(runFolder, 'tokensPerSecond')]
  const each = steps.map(([step, rate]) => rate / (rates.get(step) ?? Number.NaN))
  return each.reduce((sum, tokens) => sum + tokens, 0) / each.length
}

/** Weights of the matrix products of all layers of the starter model. */
function layerWeights(): number {
  const config = z
    .object({
      ...{ hidden_size: z.number(), intermediate_size: z.number(), num_hidden_layers: z.number() },
    })
    .parse(JSON.parse(readFileSync(join(starter().modelFolder, 'config.json'), 'utf8')))
  const { hidden_size: hidden, intermediate_size: inner, num_hidden_layers: layers } = config
  return layers * (4 * hidden * hidden + 2 * hidden * inner)
}

/** Operations a second of a product [4096, 384] × [384, 1536]: the median of 15. */
function productRate(precision: 'float32' | 'bfloat16'): number {
  const [rows, width, inner] = [4096, 384, 1536]
  const random = (...shape: readonly [number, number]): Tensor => {
    const wide = tensor(draw(shape[0] * shape[1], 1), shape)
    return precision === 'float32' ? wide : ops.consume(ops.castTo(wide, 'bfloat16'), wide)
  }
  const [a, b] = [random(rows, width), random(inner, width)]
  const times = Array.from({ length: 15 }, () => {
    const started = performance.now()
    const product = ops.matMul(a, b, false, true)
    const took = performance.now() - started
    product.dispose()
    return took / 1000
  })
  dispose(a, b)
  return (2 * rows * width * inner) / median(times)
}

async function reference(python: string, rows: Rows, extra: readonly string[]): Promise<Measured> {
  const result = z
    .object({ train_samples_per_second: z.number(), peak_rss_mib: z.number() })
    .parse(
      await lastObject(python, [
        join(import.meta.dirname, 'hf_trainer.py'),
        ...['--model', starter().modelFolder, '--train', rows.train, '--test', rows.test],
        ...extra,
      ]),
    )
  return { samplesPerSecond: result.train_samples_per_second, peakMebibytes: result.peak_rss_mib }
}

const table: string[][] = []

async function compare(
  name: string,
  rows: Rows,
  ourArgs: readonly string[],
  referenceArgs: readonly string[],
): Promise<void> {
  const frozen = ourArgs.includes('--freeze')
  const mine: MeasuredHere[] = []
  const rates: number[] = []
  const theirs: Measured[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    rates.push(productRate(ourArgs.includes('precision=bfloat16') ? 'bfloat16' : 'float32'))
    // In a workspace of its own nothing that was computed before is found again.
    mine.push(await ours(rows, ourArgs, mkdtempSync(join(workspace, 'round-'))))
    if (options.reference !== undefined)
      theirs.push(await reference(options.reference, rows, referenceArgs))
  }
  const rate = median(mine.map((m) => (frozen ? m.wholeRun : m.samplesPerSecond)))
  const peak = median(mine.map((m) => m.peakMebibytes))
  const otherRate = median(theirs.map((m) => m.samplesPerSecond))
  const otherPeak = median(theirs.map((m) => m.peakMebibytes))
  const tokens = median(mine.map((m) => m.tokensPerSecond))
  // Products of trained layers only: a frozen model's are computed once, not in every step.
  const work = frozen ? Number.NaN : 6 * layerWeights() * tokens
  table.push([
    ...[name, cell(rate, 1), cell(otherRate, 1), cell(rate / otherRate, 2), cell(tokens, 0)],
    ...[cell((100 * work) / median(rates), 0), cell(peak, 0), cell(otherPeak, 0)],
  ])
  expect(rate).toBeGreaterThan(0)
}

beforeAll(async () => {
  kit = await obtainStarter(sharedCacheFolder())
})

const steps = ['--max-steps', String(options.steps)]
const bfloat16 = ['--set', 'precision=bfloat16']

test('float32, rows of similar length together', () =>
  compare('film rows, float32', filmRows(), steps, steps))

test('bfloat16, rows of similar length together', () =>
  compare('film rows, bfloat16', filmRows(), [...steps, ...bfloat16], [...steps, '--bf16']))

test('float32, 32 × 128 tokens', async () =>
  compare('32 × 128 tokens, float32', await fullRows(), steps, steps))

test('bfloat16, 32 × 128 tokens', async () =>
  compare(
    '32 × 128 tokens, bfloat16',
    await fullRows(),
    [...steps, ...bfloat16],
    [...steps, '--bf16'],
  ))

test('only the head, ten epochs', () =>
  compare(
    'head only, 10 epochs, whole run',
    filmRows(),
    ['--freeze', '--epochs', '10'],
    ['--freeze', ...steps],
  ))

afterAll(() => {
  rmSync(workspace, { recursive: true, force: true })
  publish(
    'Fine-tuning',
    `TensorFlow ${device().tensorflow}. MiniLM-L6, film rows, batch 32, at most 128 tokens; medians of ${options.rounds} alternating runs.`,
    [
      ...['', 'samples/s', 'reference', 'ratio', 'tokens/s', '% of the product rate'],
      ...['peak MiB', 'reference'],
    ],
    table,
  )
})
