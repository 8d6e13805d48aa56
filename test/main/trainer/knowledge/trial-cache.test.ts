import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { joinRows } from '../../../../src/main/data/tokenized'
import type { NamedArray } from '../../../../src/main/trainer/arrays'
import type { CrossFit } from '../../../../src/main/trainer/knowledge/held-out'
import type { TrainingKey } from '../../../../src/main/trainer/knowledge/training-key'
import { crossFitOnce, trainOnce } from '../../../../src/main/trainer/knowledge/trial-cache'
import { TrialPace } from '../../../../src/main/trainer/knowledge/trial-pace'
import type { Plan, SelfTraining } from '../../../../src/main/trainer/knowledge/trainings'
import type { TrialModel } from '../../../../src/main/trainer/knowledge/trial-model'
import { keyIn, nothingBehind, selfTrainingFrom, startOf } from './trials'

const weights = (value: number) => (): readonly NamedArray[] => [
  { name: 'w', shape: [1], data: Float32Array.of(value) },
]

const training = { steps: 10, batch: 16, learningRate: 1e-4 }
const start = (value: number, more: object = {}) => ({
  ...{ name: 'plain', weights: weights(value), training: { ...training, ...more } },
})

const tokens = (id: number, typeId = 0) =>
  joinRows([{ ids: Int32Array.of(id), typeIds: Uint8Array.of(typeId), truncated: false }])

const self: SelfTraining = {
  ...selfTrainingFrom(startOf('s', true)),
  behind: () => ({ ...nothingBehind, places: [0], tokens: tokens(7) }),
}

const plan: Plan = { starts: [start(1), start(2)], average: true, self }

const rows = Int32Array.from({ length: 12 }, (_, row) => row + 5)
const y = Int32Array.from({ length: 12 }, (_, row) => row % 2)

/** A model that counts its trainings and answers with what it is asked about. */
function countingModel() {
  const seen = { trainings: 0, sentences: [] as string[] }
  const pace = new TrialPace()
  const model = {
    ...{ classes: 2, width: 1, pace, assign: () => undefined },
    whileComputing: () => Promise.resolve(),
    eachWeight: () => weights(0)(),
    learn: () => {
      seen.trainings += 1
      return Promise.resolve(0)
    },
    logits: (asked: Int32Array) =>
      Promise.resolve(Float32Array.from({ length: 2 * asked.length }, (_, at) => at / 3)),
    features: (asked: Int32Array) => Promise.resolve(new Float32Array(asked.length)),
  }
  return { model: model as unknown as TrialModel, seen, pace }
}

type Counting = ReturnType<typeof countingModel>

const fitOf = ({ model, seen }: Counting, more: Partial<CrossFit> = {}): CrossFit => ({
  ...{ model, plan, seed: 3, neighbours: 0, rows, y },
  log: (sentence) => seen.sentences.push(sentence),
  describe: (row) => ({ id: String(row), text: '' }),
  ...more,
})

let cacheFolder: string
let key: TrainingKey
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'graftbench-trials-'))
  key = { ...keyIn(cacheFolder), tokens: tokens(5) }
})
afterEach(() => rm(cacheFolder, { recursive: true, force: true }))

/** Trainings of the plan, in each of two folds. */
const trainings = 2 * 3
const steps = 2 * (10 + 10 + 4)

type Changes = readonly [Partial<CrossFit>, Partial<TrainingKey>?]

const withSelf = (more: Partial<SelfTraining>): Changes => [
  { plan: { ...plan, self: { ...self, ...more } } },
]
const behind = (places: number[], id: number) =>
  withSelf({ behind: () => ({ ...nothingBehind, places, tokens: tokens(id) }) })
const withStarts = (...starts: Plan['starts']): Changes => [{ plan: { ...plan, starts } }]

/** All that trainings depend on, each changed. */
const changes: readonly (readonly [string, Changes])[] = [
  ['the seed', [{ seed: 4 }]],
  ['labelled rows', [{ rows: rows.map((row) => row + 1) }]],
  ['labels', [{ y: y.map((label) => 1 - label) }]],
  ['weights of a start', withStarts(start(1), start(3))],
  ['the order of starts', withStarts(start(2), start(1))],
  ['steps', withStarts(start(1), start(2, { steps: 11 }))],
  ['the rate', withStarts(start(1), start(2, { learningRate: 2e-4 }))],
  ['the batch', withStarts(start(1), start(2, { batch: 8 }))],
  ['the mean', [{ plan: { ...plan, average: false } }]],
  ['no self-training', [{ plan: { ...plan, self: undefined } }]],
  ['weights of the self-training', withSelf({ weights: weights(9) })],
  ['its length', withSelf({ training: { ...self.training, steps: 5 } })],
  ['its rows', withSelf({ unlabelled: Int32Array.of(1) })],
  ['where texts contrast', behind([1], 7)],
  ['what stands behind', behind([0], 8)],
  ['the model', [{}, { modelHash: 'n' }]],
  ['pooling', [{}, { pooling: 'first' }]],
  ['precision', [{}, { precision: 'bfloat16' }]],
  ['the device', [{}, { device: 'gpu' }]],
  ['dropout', [{}, { dropout: 0.2 }]],
  ['triples', [{}, { injector: 'i' }]],
  ['what is trained', [{}, { part: { kind: 'head' } }]],
  ['tokens', [{}, { tokens: tokens(6) }]],
  ['which text tokens are of', [{}, { tokens: tokens(5, 1) }]],
]

describe('answers for held-out rows', () => {
  it('are those of an earlier run that trained the same, which is said', async () => {
    const first = countingModel()
    const answers = await crossFitOnce(fitOf(first), key)
    expect([first.seen.trainings, first.pace.reused]).toEqual([trainings, 0])
    const second = countingModel()
    expect(await crossFitOnce(fitOf(second), { ...key, run: 'run_2' })).toEqual(answers)
    expect([second.seen.trainings, second.pace.reused]).toEqual([0, steps])
    // What may follow is all there is still to do.
    expect(second.pace.progress(1).totalSteps).toBe(steps / 2)
    expect(second.seen.sentences.join()).toContain('come from the cache')
  })

  it('are no saving for a run that goes on after a pause', async () => {
    await crossFitOnce(fitOf(countingModel()), key)
    const again = countingModel()
    await crossFitOnce(fitOf(again), key)
    expect([again.seen.trainings, again.pace.reused]).toEqual([0, 0])
  })

  it.each(changes)('are made anew where it changes: %s', async (_, [fit, other = {}]) => {
    await crossFitOnce(fitOf(countingModel()), key)
    const counting = countingModel()
    await crossFitOnce(fitOf(counting, fit), { ...key, ...other })
    expect(counting.seen.trainings).toBeGreaterThan(0)
  })

  it('are not kept where neighbours are looked for or scores of a pack take part', async () => {
    await crossFitOnce(fitOf(countingModel(), { neighbours: 1 }), key)
    const features = { width: 2, gate: true }
    await crossFitOnce(fitOf(countingModel()), { ...key, features })
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it.each(['[{"rows":', '{"run":"r","steps":1,"answers":[]}'])(
    'are made anew where the file of the cache holds %s',
    async (content) => {
      await crossFitOnce(fitOf(countingModel()), key)
      const [name = ''] = await readdir(cacheFolder)
      await writeFile(join(cacheFolder, name), content)
      const counting = countingModel()
      await crossFitOnce(fitOf(counting), key)
      expect(counting.seen.trainings).toBe(trainings)
    },
  )
})

describe('weights after trainings with all labelled rows', () => {
  const trained = (value: number) => () => Promise.resolve(weights(value)())

  /** The weights that a run gets of a plan, which would train them to be `value`. */
  async function asked(value: number, run: string, fit: Partial<CrossFit> = {}, other = {}) {
    const counting = countingModel()
    const whole = fitOf(counting, fit)
    const { model, pace, seen } = counting
    const given = await trainOnce(
      model,
      whole.plan,
      whole,
      { ...key, run, ...other },
      trained(value),
    )
    return { value: given[0]?.data[0], reused: pace.reused, said: seen.sentences.length }
  }

  it('are those of an earlier run that trained the same, which is said', async () => {
    expect(await asked(5, 'run_1')).toEqual({ value: 5, reused: 0, said: 0 })
    expect(await asked(6, 'run_2')).toEqual({ value: 5, reused: steps / 2, said: 1 })
    expect(await asked(7, 'run_1')).toEqual({ value: 5, reused: 0, said: 1 })
  })

  it.each(changes)('are made anew where it changes: %s', async (_, [fit, other = {}]) => {
    await asked(5, 'run_1')
    expect((await asked(6, 'run_2', fit, other)).value).toBe(6)
  })
})
