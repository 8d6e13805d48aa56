import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { joinRows } from '../../../../src/main/data/tokenized'
import type { NamedArray } from '../../../../src/main/trainer/arrays'
import type { CrossFit } from '../../../../src/main/trainer/knowledge/held-out'
import type { StageKey } from '../../../../src/main/trainer/knowledge/stage-key'
import { crossFitOnce, trainOnce } from '../../../../src/main/trainer/knowledge/trial-cache'
import { TrialPace } from '../../../../src/main/trainer/knowledge/trial-pace'
import type { Plan } from '../../../../src/main/trainer/knowledge/trainings'
import type { TrialModel } from '../../../../src/main/trainer/knowledge/trial-model'
import { nothingBehind, selfTrainingFrom, startOf } from './trials'

const weights = (value: number): readonly NamedArray[] => [
  { name: 'w', shape: [1], data: Float32Array.of(value) },
]

const planOf = (value: number, more: Partial<Plan> = {}): Plan => ({
  starts: [
    {
      ...{ name: 'plain', weights: () => weights(value) },
      training: { steps: 10, batch: 16, learningRate: 1e-4 },
    },
  ],
  ...{ average: false, self: undefined, ...more },
})

/** A model that counts its trainings and answers with what it is asked about. */
function countingModel() {
  const seen = { trainings: 0, sentences: [] as string[] }
  const pace = new TrialPace()
  const model = {
    ...{ classes: 2, width: 1, pace, assign: () => undefined },
    learn: () => {
      seen.trainings += 1
      return Promise.resolve(0)
    },
    logits: (rows: Int32Array) =>
      Promise.resolve(Float32Array.from({ length: 2 * rows.length }, (_, at) => at / 3)),
    features: (rows: Int32Array) => Promise.resolve(new Float32Array(rows.length)),
  }
  return { model: model as unknown as TrialModel, seen, pace }
}

const fitOf = (
  { model, seen }: ReturnType<typeof countingModel>,
  more: Partial<CrossFit> = {},
): CrossFit => ({
  ...{ model, plan: planOf(1), seed: 3, neighbours: 0 },
  rows: Int32Array.from({ length: 12 }, (_, row) => row + 5),
  y: Int32Array.from({ length: 12 }, (_, row) => row % 2),
  log: (sentence) => seen.sentences.push(sentence),
  describe: (row) => ({ id: String(row), text: '' }),
  ...more,
})

let cacheFolder: string
let key: StageKey
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'graftbench-trials-'))
  key = {
    ...{ modelHash: 'm', pooling: 'mean', precision: 'float32', dropout: null, cacheFolder },
    ...{ tokens: joinRows([]), injector: undefined, part: { kind: 'all' }, features: undefined },
  }
})
afterEach(() => rm(cacheFolder, { recursive: true, force: true }))

/** Trainings that a fit needs after one that trained already. */
async function trainingsAfter(more: Partial<CrossFit>, otherKey: Partial<StageKey> = {}) {
  await crossFitOnce(fitOf(countingModel()), key)
  const counting = countingModel()
  await crossFitOnce(fitOf(counting, more), { ...key, ...otherKey })
  return counting.seen.trainings
}

describe('answers for held-out rows', () => {
  it('are those of an earlier run that trained the same, which is said', async () => {
    const first = countingModel()
    const answers = await crossFitOnce(fitOf(first), key)
    expect([first.seen.trainings, first.pace.reused]).toEqual([2, 0])
    const second = countingModel()
    second.pace.expect(20)
    expect(await crossFitOnce(fitOf(second), key)).toEqual(answers)
    expect([second.seen.trainings, second.pace.reused]).toEqual([0, 20])
    expect(second.pace.progress(1).totalSteps).toBe(0)
    expect(second.seen.sentences.join()).toContain('come from the cache')
  })

  it('are made anew where anything is different that they depend on', async () => {
    const half = { places: [0], texts: nothingBehind.texts }
    const behind = (id: number) => () => ({
      ...half,
      tokens: joinRows([{ ids: Int32Array.of(id), typeIds: new Uint8Array(1), truncated: false }]),
    })
    const self = selfTrainingFrom(startOf('s', true))
    expect(await trainingsAfter({})).toBe(0)
    expect(await trainingsAfter({ seed: 4 })).toBe(2)
    expect(await trainingsAfter({ plan: planOf(2) })).toBe(2)
    expect(await trainingsAfter({ y: Int32Array.from({ length: 12 }, (_, row) => row % 3) })).toBe(
      2,
    )
    expect(await trainingsAfter({}, { precision: 'bfloat16' })).toBe(2)
    expect(await trainingsAfter({ neighbours: 1 })).toBe(2)
    expect(await trainingsAfter({}, { features: { width: 2, gate: true } })).toBe(2)
    const plan = planOf(1)
    await trainOnce(countingModel().model, { ...plan, self }, lesson(), key, trained(5))
    for (const id of [7, 8]) {
      const other = { ...plan, self: { ...self, behind: behind(id) } }
      const made = await trainOnce(countingModel().model, other, lesson(), key, trained(id))
      expect(made).toEqual(weights(id))
    }
  })

  it('are made anew where the file of the cache is damaged', async () => {
    await crossFitOnce(fitOf(countingModel()), key)
    const [name = ''] = await readdir(cacheFolder)
    await writeFile(join(cacheFolder, name), '[{"rows":')
    const counting = countingModel()
    await crossFitOnce(fitOf(counting), key)
    expect(counting.seen.trainings).toBe(2)
  })
})

const trained = (value: number) => () => Promise.resolve(weights(value))

function lesson(log: (sentence: string) => void = () => undefined) {
  return { rows: Int32Array.of(1, 2), y: Int32Array.of(0, 1), seed: 0, log }
}

describe('weights after trainings with all labelled rows', () => {
  it('are those of an earlier run that trained the same, which is said', async () => {
    const { model, pace } = countingModel()
    const sentences: string[] = []
    const log = (sentence: string): void => void sentences.push(sentence)
    const first = await trainOnce(model, planOf(1), lesson(log), key, trained(5))
    const again = await trainOnce(model, planOf(1), lesson(log), key, trained(6))
    const other = await trainOnce(model, planOf(2), lesson(log), key, trained(7))
    expect([first, again, other]).toEqual([weights(5), weights(5), weights(7)])
    expect([sentences.length, pace.reused]).toEqual([1, 10])
  })
})
