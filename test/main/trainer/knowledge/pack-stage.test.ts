import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  afterStage,
  planStages,
  type PackStage,
  type Staged,
} from '../../../../src/main/trainer/knowledge/pack-stage'
import type { TrainingKey } from '../../../../src/main/trainer/knowledge/training-key'
import type { TrialModel } from '../../../../src/main/trainer/knowledge/trial-model'
import { keyIn } from './trials'

/** A model whose only weight counts the stages that it learned, and its head's rates. */
function countingModel() {
  let weight = 0
  const rates: number[] = []
  const planned: number[] = []
  const model = {
    pace: { plan: (steps: number) => planned.push(steps) },
    assign: ([array]: Staged['weights']) => {
      weight = array?.data[0] ?? 0
    },
    learn: (_soft: unknown, _training: unknown, rate: number) => {
      weight += 1
      rates.push(rate)
      return Promise.resolve(0)
    },
    weights: () => [{ name: 'w', shape: [1], data: Float32Array.of(weight) }],
  }
  return { model: model as unknown as TrialModel, rates, planned }
}

const told = (): void => undefined

const stageOf = (steps: number): PackStage => ({
  soft: {
    rows: Int32Array.of(0),
    distributions: Float32Array.of(0.1, 0.9),
    weights: Float32Array.of(1),
  },
  training: { steps, batch: 4, learningRate: 1e-4 },
  seed: 0,
})

describe('stages in which a pack is learned', () => {
  let cacheFolder: string
  let key: TrainingKey
  beforeEach(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'graftbench-stage-'))
    key = keyIn(cacheFolder)
  })
  afterEach(() => rm(cacheFolder, { recursive: true, force: true }))

  const pretrained: Staged = {
    weights: [{ name: 'w', shape: [1], data: Float32Array.of(0) }],
    stage: null,
  }
  const valueOf = ({ weights: [array] }: Staged): number => array?.data[0] ?? NaN

  it('are learned once, and taken from the cache afterwards', async () => {
    const { model, rates } = countingModel()
    const first = await afterStage(model, pretrained, stageOf(5), key, told)
    const again = await afterStage(model, pretrained, stageOf(5), key, told)
    expect([valueOf(first), valueOf(again), rates.length]).toEqual([1, 1, 1])
    expect(again.stage).toBe(first.stage)
  })

  it('are others after others, and go on with the head of what came before', async () => {
    const { model, rates } = countingModel()
    const first = await afterStage(model, pretrained, stageOf(5), key, told)
    const second = await afterStage(model, first, stageOf(6), key, told)
    const alone = await afterStage(model, pretrained, stageOf(6), key, told)
    expect([valueOf(second), valueOf(alone)]).toEqual([2, 1])
    expect(second.stage).not.toBe(alone.stage)
    expect(rates).toEqual([10, 1, 10])
  })

  it('are others where another part of the model is trained, or scores join the head', async () => {
    const { model, rates } = countingModel()
    await afterStage(model, pretrained, stageOf(5), key, told)
    await afterStage(model, pretrained, stageOf(5), { ...key, part: { kind: 'head' } }, told)
    const features = { width: 2, gate: true }
    await afterStage(model, pretrained, stageOf(5), { ...key, features }, told)
    expect(rates).toHaveLength(3)
  })

  it('are planned where they are not in the cache, each after the one before', async () => {
    const { model, planned } = countingModel()
    const stages = [stageOf(5), stageOf(6)]
    expect(await planStages(model, stages, key)).toEqual([false, false])
    expect(planned).toEqual([5, 6])
    const first = await afterStage(model, pretrained, stageOf(5), key, told)
    expect(await planStages(model, stages, key)).toEqual([true, false])
    await afterStage(model, first, stageOf(6), key, told)
    expect(await planStages(model, stages, key)).toEqual([true, true])
  })
})
