import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readArrays } from '../../../src/main/trainer/arrays'
import { createControl } from '../../../src/main/trainer/control'
import type { CreateTrainee } from '../../../src/main/trainer/setup'
import { trainRun } from '../../../src/main/trainer/train'
import { createCountingModel } from './counting-model'
import {
  addRun,
  atStep,
  attempt,
  eventsOf,
  journalOf,
  makeRun,
  outcomesOf,
  reviewRows,
  seriesOf,
  type MadeRun,
  type RunOptions,
} from './support'

const createTrainee = createCountingModel
const recipe: RunOptions['recipe'] = {
  epochs: 3,
  batch: { size: 8, accumulate: 2 },
  optimizer: { learningRate: 0.05 },
  evaluation: { every: 4 },
  data: { validation: 0.2, test: 0.2 },
}

describe('a run', () => {
  const made: MadeRun[] = []
  const make = async (options: RunOptions): Promise<MadeRun> => {
    const run = await makeRun(options)
    made.push(run)
    return run
  }
  afterEach(async () => {
    for (const { root } of made.splice(0)) await rm(root, { recursive: true, force: true })
  })

  it('trains, evaluates, tests its best weights and ends', async () => {
    const { folder } = await make({ recipe })
    const { code } = await attempt(folder, { createTrainee })
    expect(code).toBe(0)
    const events = eventsOf(folder)
    expect(events[0]).toMatchObject({ type: 'started', fromStep: 0, precision: 'float32' })
    const [outcome] = outcomesOf(folder)
    if (outcome?.kind !== 'finished') return expect.fail('not finished')
    expect(outcome.summary.steps).toBe(15)
    expect(outcome.summary.metrics['test.accuracy']).toBeGreaterThan(0.9)
    const evaluated = events.filter((event) => event.type === 'evaluated')
    expect(evaluated.map(({ split, step }) => [split, step])).toEqual([
      ['validation', 4],
      ['validation', 8],
      ['validation', 12],
      ['validation', 15],
      ['test', 15],
    ])
    expect(evaluated.every(({ confusion }) => confusion !== null)).toBe(true)
    expect([...seriesOf(folder, 'train.loss').keys()]).toEqual(
      Array.from({ length: 15 }, (_, index) => index + 1),
    )
    expect([...seriesOf(folder, 'validation.loss').keys()]).toEqual([4, 8, 12, 15])
    const last = events.filter((event) => event.type === 'examples').at(-1)
    expect(last?.rows).toHaveLength(8)
  })

  it('journals every event before it sends it, with the same numbers', async () => {
    const { folder } = await make({ recipe })
    const { messages } = await attempt(folder, { createTrainee })
    const sent = messages.flatMap((message) => (message.type === 'event' ? [message.recorded] : []))
    expect(sent).toEqual(journalOf(folder))
    expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1))
  })

  it('leaves the best weights as a model, predictions, and what it can be extended from', async () => {
    const { folder } = await make({ recipe })
    await attempt(folder, { createTrainee })
    expect(await readdir(join(folder, 'checkpoints'))).toEqual(['best', 'last'])
    const best = join(folder, 'checkpoints/best')
    expect((await readdir(best)).sort()).toEqual([
      'config.json',
      'graftbench.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ])
    const config: unknown = JSON.parse(readFileSync(join(best, 'config.json'), 'utf8'))
    expect(config).toMatchObject({
      id2label: { 0: 'negative', 1: 'positive' },
      label2id: { negative: 0, positive: 1 },
      problem_type: 'single_label_classification',
      hidden_size: 32,
    })
    const lines = readFileSync(join(folder, 'predictions/test.jsonl'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(24)
    expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(['row', 'label', 'predicted', 'logits'])
  })

  it('goes on from any step as if it had never stopped, bit for bit', async () => {
    const run = await make({ recipe })
    await attempt(run.folder, { createTrainee })
    const straight = seriesOf(run.folder, 'train.loss')
    const weights = await readArrays(join(run.folder, 'checkpoints/best/model.safetensors'))
    const predictions = readFileSync(join(run.folder, 'predictions/test.jsonl'), 'utf8')
    for (let stop = 1; stop <= 14; stop++) {
      const folder = addRun(run, `stopped-${stop}`, { recipe })
      const first = await attempt(folder, { createTrainee, stopDuring: stop })
      expect(first.code).toBe(0)
      expect(outcomesOf(folder).at(-1)?.kind).toBe('paused')
      // A second stop, at another place, before the end.
      await attempt(folder, { createTrainee, stopDuring: stop + 3 })
      if (outcomesOf(folder).at(-1)?.kind === 'paused') await attempt(folder, { createTrainee })
      expect(outcomesOf(folder).at(-1)?.kind).toBe('finished')
      expect(seriesOf(folder, 'train.loss')).toEqual(straight)
      expect(await readArrays(join(folder, 'checkpoints/best/model.safetensors'))).toEqual(weights)
      expect(readFileSync(join(folder, 'predictions/test.jsonl'), 'utf8')).toBe(predictions)
    }
  })

  it('repeats an evaluation that a stop cut short, validation and test alike', async () => {
    const rows = reviewRows(1500)
    const long = { ...recipe, epochs: 1, batch: { size: 64 }, evaluation: { every: 5 } }
    const run = await make({ recipe: long, rows })
    await attempt(run.folder, { createTrainee })
    const evaluations = (folder: string): unknown[] =>
      eventsOf(folder).filter((event) => event.type === 'evaluated')
    for (const batch of [1, 4, 6, 7]) {
      const folder = addRun(run, `cut-${batch}`, { recipe: long })
      const control = createControl()
      const counting: CreateTrainee = async (parts) => {
        const made = await createTrainee(parts)
        let batches = 0
        const logits = (of: Int32Array): Float32Array => {
          batches += 1
          if (batches === batch) control.request('paused')
          return made.trainee.logits(of)
        }
        return { ...made, trainee: { ...made.trainee, logits } }
      }
      await trainRun(folder, () => undefined, control, counting)
      expect(outcomesOf(folder).map(({ kind }) => kind)).toEqual(['paused'])
      await attempt(folder, { createTrainee })
      expect(evaluations(folder)).toEqual(evaluations(run.folder))
      expect(seriesOf(folder, 'train.loss')).toEqual(seriesOf(run.folder, 'train.loss'))
    }
  })

  it('repeats identical steps after its process died between two checkpoints', async () => {
    const run = await make({ recipe: { ...recipe, checkpoint: { everySteps: 3 } } })
    await attempt(run.folder, { createTrainee })
    const straight = seriesOf(run.folder, 'train.loss')
    const folder = addRun(run, 'died', { recipe: { ...recipe, checkpoint: { everySteps: 3 } } })
    const dying = atStep(createTrainee, (step) => {
      if (step === 11) throw new Error('the process dies here')
    })
    expect((await attempt(folder, { createTrainee: dying })).code).toBe(1)
    await attempt(folder, { createTrainee })
    expect(eventsOf(folder).filter((event) => event.type === 'started')).toMatchObject([
      { fromStep: 0 },
      { fromStep: 9 },
    ])
    expect(seriesOf(folder, 'train.loss')).toEqual(straight)
  })

  it('ends early when patience runs out and tests the best weights', async () => {
    const { folder } = await make({
      recipe: {
        ...recipe,
        epochs: 40,
        optimizer: { learningRate: 3 },
        evaluation: { every: 1, patience: 3 },
      },
    })
    await attempt(folder, { createTrainee })
    const [outcome] = outcomesOf(folder)
    if (outcome?.kind !== 'finished') return expect.fail('not finished')
    expect(outcome.earlyStopped).toBe(true)
    const evaluations = eventsOf(folder).filter((event) => event.type === 'evaluated')
    const validations = evaluations.filter(({ split }) => split === 'validation')
    const losses = validations.map(({ metrics }) => metrics['validation.loss'] ?? 0)
    const best = losses.indexOf(Math.min(...losses))
    expect(validations[best]?.best).toBe(true)
    expect(losses.length - 1 - best).toBe(3)
    expect(evaluations.at(-1)).toMatchObject({ split: 'test', step: validations[best]?.step })
    expect(outcome.summary.metrics['validation.loss']).toBe(losses[best])
  })

  it('keeps a model that can be used when it is stopped for good', async () => {
    const { folder } = await make({ recipe })
    await attempt(folder, {
      createTrainee,
      stopDuring: 2,
      stopAs: 'stopped',
    })
    expect(outcomesOf(folder)).toMatchObject([{ kind: 'stopped', summary: { steps: 2 } }])
    expect(existsSync(join(folder, 'checkpoints/best/model.safetensors'))).toBe(true)
  })

  it('leaves a checkpoint and no end on record when nobody listens any more', async () => {
    const { folder } = await make({ recipe })
    await attempt(folder, {
      createTrainee,
      stopDuring: 6,
      stopAs: 'abandoned',
    })
    expect(outcomesOf(folder)).toEqual([])
    expect(existsSync(join(folder, 'checkpoints/last/state.json'))).toBe(true)
    await attempt(folder, { createTrainee })
    expect(outcomesOf(folder)).toMatchObject([{ kind: 'finished' }])
  })

  it('names the step whose loss is not finite and keeps curves and last checkpoint', async () => {
    const { folder } = await make({
      recipe: {
        ...recipe,
        optimizer: { learningRate: 10 },
        clip: null,
        evaluation: { every: 1000 },
        checkpoint: { everySteps: 1 },
      },
    })
    const breaking: typeof createTrainee = async (parts) => {
      const made = await createTrainee(parts)
      const accumulate: typeof made.trainee.accumulate = (rows, share, at) => ({
        read: () => (at.step === 5 ? Number.NaN : made.trainee.accumulate(rows, share, at).read()),
        dispose: () => undefined,
      })
      return { ...made, trainee: { ...made.trainee, accumulate } }
    }
    const { code } = await attempt(folder, { createTrainee: breaking })
    expect(code).toBe(1)
    const [outcome] = outcomesOf(folder)
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'trainer.lossNotFinite' } })
    if (outcome?.kind === 'failed') expect(outcome.error.message).toMatch(/step 6.*learningRate/)
    expect([...seriesOf(folder, 'train.loss').keys()]).toEqual([1, 2, 3, 4, 5])
    expect(existsSync(join(folder, 'checkpoints/last/weights.safetensors'))).toBe(true)
  })

  it('refuses data that cannot be learned from, with a code', async () => {
    const one = reviewRows(20).map((row) => ({ ...row, label: 'positive' }))
    const unknown = reviewRows(20).map((row) => ({ ...row, label: `${String(row.label)}?` }))
    const none = reviewRows(20).map((row) => ({ ...row, label: null }))
    const cases = [
      [one, 'data.oneClass'],
      [unknown, 'data.labelUnknown'],
      [none, 'data.noRows'],
    ] as const
    for (const [rows, code] of cases) {
      const { folder } = await make({ recipe, rows })
      expect((await attempt(folder, { createTrainee })).code).toBe(1)
      expect(outcomesOf(folder)).toMatchObject([{ kind: 'failed', error: { code } }])
    }
  })

  it('trains without validation and test rows', async () => {
    const { folder } = await make({ recipe: { ...recipe, data: { validation: 0, test: 0 } } })
    await attempt(folder, { createTrainee })
    expect(outcomesOf(folder)).toMatchObject([{ kind: 'finished', earlyStopped: false }])
    expect(existsSync(join(folder, 'checkpoints/best/model.safetensors'))).toBe(true)
  })

  it('says how long the rest will take', async () => {
    const { folder } = await make({ recipe: { ...recipe, epochs: 30 } })
    const { messages } = await attempt(folder, { createTrainee })
    const progress = messages.flatMap((m) => (m.type === 'progress' ? [m.progress] : []))
    const training = progress.filter(({ phase }) => phase === 'training')
    expect(training.length).toBeGreaterThan(1)
    expect(training.at(-1)?.remainingSeconds).toBeGreaterThanOrEqual(0)
    expect(training.at(-1)?.totalSteps).toBe(150)
    const phases = new Set(progress.map(({ phase }) => phase))
    expect([...phases]).toEqual(['tokenizing', 'training', 'evaluating', 'saving', 'testing'])
  })
})
