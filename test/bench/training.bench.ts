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
import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { obtainStarter, type StarterKit } from '../../src/main/formats/starter'
import { sharedCacheFolder } from '../../src/main/platform/paths'

const project = resolve(import.meta.dirname, '../..')
const options = z
  .object({
    reference: z.string().optional(),
    rounds: z.coerce.number().int().min(1).default(3),
    steps: z.coerce.number().int().min(4).default(40),
  })
  .parse(JSON.parse(process.env.GRAFTBENCH_BENCH ?? '{}'))

const run = promisify(execFile)
const workspace = mkdtempSync(join(tmpdir(), 'graftbench-bench-'))
const graftbench = join(project, 'bin/graftbench')

interface Measured {
  readonly samplesPerSecond: number
  readonly peakMebibytes: number
}

let kit: StarterKit | undefined

function starter(): { readonly model: string; readonly train: string; readonly test: string } {
  if (kit === undefined) throw new Error('The starter kit is not there yet.')
  return { model: kit.modelFolder, train: kit.sets.film.train, test: kit.sets.film.test }
}

async function lastObject(command: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(command, [...args], { maxBuffer: 1 << 28 })
  const line = stdout.trimEnd().split('\n').at(-1)
  return JSON.parse(line ?? '{}')
}

async function ours(extra: readonly string[]): Promise<Measured> {
  const { model, train, test: held } = starter()
  const result = z
    .object({ samplesPerSecond: z.number(), peakMemoryBytes: z.number().nullable() })
    .parse(
      await lastObject(process.execPath, [
        graftbench,
        ...['--workspace', workspace, '--json', 'train', '--model', model],
        ...['--train', train, '--test', held, '--batch', '32', '--lr', '5e-5'],
        ...extra,
      ]),
    )
  const peak = (result.peakMemoryBytes ?? Number.NaN) / 2 ** 20
  return { samplesPerSecond: result.samplesPerSecond, peakMebibytes: peak }
}

async function reference(python: string, extra: readonly string[]): Promise<Measured> {
  const { model, train, test: held } = starter()
  const result = z
    .object({ train_samples_per_second: z.number(), peak_rss_mib: z.number() })
    .parse(
      await lastObject(python, [
        join(import.meta.dirname, 'hf_trainer.py'),
        ...['--model', model, '--train', train, '--test', held],
        ...extra,
      ]),
    )
  return { samplesPerSecond: result.train_samples_per_second, peakMebibytes: result.peak_rss_mib }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const lines: string[] = []

async function compare(
  name: string,
  ourArgs: readonly string[],
  referenceArgs: readonly string[],
): Promise<void> {
  const mine: Measured[] = []
  const theirs: Measured[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    mine.push(await ours(ourArgs))
    if (options.reference !== undefined)
      theirs.push(await reference(options.reference, referenceArgs))
  }
  const rate = median(mine.map((m) => m.samplesPerSecond))
  const peak = median(mine.map((m) => m.peakMebibytes))
  const otherRate = median(theirs.map((m) => m.samplesPerSecond))
  const otherPeak = median(theirs.map((m) => m.peakMebibytes))
  const cell = (value: number, digits: number): string =>
    Number.isNaN(value) ? '–' : value.toFixed(digits)
  lines.push(
    `| ${name} | ${cell(rate, 1)} | ${cell(otherRate, 1)} | ${cell(rate / otherRate, 2)} | ${cell(peak, 0)} | ${cell(otherPeak, 0)} |`,
  )
  expect(rate).toBeGreaterThan(0)
}

beforeAll(async () => {
  kit = await obtainStarter(sharedCacheFolder())
})

const steps = String(options.steps)

test('float32, rows of similar length together', () =>
  compare('float32', ['--max-steps', steps], ['--max-steps', steps]))

test('bfloat16, rows of similar length together', () =>
  compare(
    'bfloat16',
    ['--max-steps', steps, '--set', 'precision=bfloat16'],
    ['--max-steps', steps, '--bf16'],
  ))

test('only the head, ten epochs', () =>
  compare(
    'head only, 10 epochs',
    ['--freeze', '--epochs', '10'],
    ['--freeze', '--max-steps', steps],
  ))

afterAll(() => {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: project })
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, commit ${commit.toString().trim()}`
  const table = [
    '',
    `### Fine-tuning, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `${machine}. MiniLM-L6, film rows, batch 32, at most 128 tokens; medians of ${options.rounds} alternating runs.`,
    '',
    '| | samples/s | reference | ratio | peak MiB | reference |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
  process.stdout.write(table)
  appendFileSync(join(project, 'docs/benchmarks.md'), table)
})
