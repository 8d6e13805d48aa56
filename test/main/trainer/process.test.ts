import { existsSync, readFileSync, truncateSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TrainerCommand, TrainerMessage } from '../../../src/shared/trainer'
import type { TrainerExit, TrainerProcess } from '../../../src/main/engine/launcher'
import { createNodeLauncher } from '../../../src/main/engine/launcher-node'
import { sharedCacheFolder } from '../../../src/main/platform/paths'
import { bundleTrainer, type Bundle } from './bundle'
import { addRun, eventsOf, journalOf, makeRun, outcomesOf, seriesOf, type MadeRun } from './support'

const recipe = {
  epochs: 6,
  batch: { size: 8 },
  optimizer: { learningRate: 1e-3 },
  dropout: 0.1,
  checkpoint: { everySteps: 5 },
}

interface Talk {
  readonly trainer: TrainerProcess
  readonly messages: TrainerMessage[]
  say(command: TrainerCommand): void
  /** The first message, heard already or to come, that `is` what is waited for. */
  until(is: (message: TrainerMessage) => boolean): Promise<TrainerMessage>
  readonly exit: Promise<TrainerExit>
}

describe('the trainer process', () => {
  let bundle: Bundle
  let run: MadeRun
  const running = new Set<TrainerProcess>()

  beforeAll(async () => {
    bundle = await bundleTrainer()
    run = await makeRun({ recipe })
  })
  afterAll(async () => {
    for (const trainer of running) trainer.kill('SIGKILL')
    bundle.remove()
    await rm(run.root, { recursive: true, force: true })
  })

  const start = async (command: TrainerCommand): Promise<Talk> => {
    const launcher = createNodeLauncher(bundle.entry, sharedCacheFolder())
    const trainer = await launcher.startTrainer()
    running.add(trainer)
    const messages: TrainerMessage[] = []
    const waiting = new Set<() => void>()
    trainer.channel.onMessage((message) => {
      messages.push(message as TrainerMessage)
      for (const look of waiting) look()
    })
    const exit = new Promise<TrainerExit>((resolve) => {
      trainer.onExit((how) => {
        running.delete(trainer)
        resolve(how)
        for (const look of waiting) look()
      })
    })
    const talk: Talk = {
      trainer,
      messages,
      exit,
      say: (next) => {
        trainer.channel.send(next)
      },
      until: (is) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const found = messages.find(is)
            if (found !== undefined) resolve(found)
            else if (!running.has(trainer)) reject(new Error('The trainer ended before.'))
            else return
            waiting.delete(look)
          }
          waiting.add(look)
          look()
        }),
    }
    talk.say(command)
    return talk
  }

  const isCheckpoint =
    (step: number) =>
    (message: TrainerMessage): boolean =>
      message.type === 'event' &&
      message.recorded.event.type === 'checkpoint' &&
      message.recorded.event.step >= step

  it('trains a run, ends with 0 and has told all that is in the journal', async () => {
    const { exit, messages } = await start({ type: 'train', runFolder: run.folder })
    expect(await exit).toMatchObject({ code: 0 })
    const sent = messages.flatMap((m) => (m.type === 'event' ? [m.recorded] : []))
    expect(sent).toEqual(journalOf(run.folder))
    expect(outcomesOf(run.folder)).toMatchObject([{ kind: 'finished' }])
  })

  it('goes on after SIGKILL with the losses and weights of a run that was never killed', async () => {
    const folder = addRun(run, 'killed', { recipe })
    for (const step of [5, 20, 40]) {
      const { trainer, until, exit } = await start({ type: 'train', runFolder: folder })
      await until(isCheckpoint(step))
      trainer.kill('SIGKILL')
      expect(await exit).toMatchObject({ signal: 'SIGKILL' })
    }
    // What a kill in the middle of a write leaves behind.
    const journal = join(folder, 'events.ndjson')
    truncateSync(journal, readFileSync(journal).length - 9)
    const { exit } = await start({ type: 'train', runFolder: folder })
    expect(await exit).toMatchObject({ code: 0 })
    const seqs = journalOf(folder).map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
    expect(eventsOf(folder).filter(({ type }) => type === 'started')).toHaveLength(4)
    expect(seriesOf(folder, 'train.loss')).toEqual(seriesOf(run.folder, 'train.loss'))
    const weights = (of: string): Buffer =>
      readFileSync(join(of, 'checkpoints/best/model.safetensors'))
    expect(weights(folder).equals(weights(run.folder))).toBe(true)
  })

  it('pauses on request with a checkpoint', async () => {
    const folder = addRun(run, 'paused', { recipe })
    const { until, say, exit } = await start({ type: 'train', runFolder: folder })
    await until(isCheckpoint(5))
    say({ type: 'stop', to: 'paused' })
    expect(await exit).toMatchObject({ code: 0 })
    expect(outcomesOf(folder)).toMatchObject([{ kind: 'paused' }])
  })

  it('saves itself and ends when its parent is gone', async () => {
    const folder = addRun(run, 'orphan', { recipe: { ...recipe, checkpoint: {} } })
    const { trainer, until } = await start({ type: 'train', runFolder: folder })
    await until((m) => m.type === 'progress' && m.progress.phase === 'training')
    trainer.channel.close()
    await vi.waitFor(() => expect(() => process.kill(trainer.pid, 0)).toThrow(/ESRCH/), 30_000)
    running.delete(trainer)
    expect(existsSync(join(folder, 'checkpoints/last/state.json'))).toBe(true)
    expect(outcomesOf(folder)).toEqual([])
  })

  it('needs no more memory at the end of 2,000 steps than when it was warm', async () => {
    const folder = addRun(run, 'long', {
      recipe: {
        ...recipe,
        epochs: 1000,
        maxSteps: 2000,
        evaluation: { every: 5000 },
        checkpoint: {},
      },
    })
    const { exit } = await start({ type: 'train', runFolder: folder })
    expect(await exit).toMatchObject({ code: 0 })
    const resident = [...seriesOf(folder, 'memory.rss').values()]
    expect(resident).toHaveLength(2000)
    const median = (values: readonly number[]): number =>
      values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
    const growth = median(resident.slice(-200)) / median(resident.slice(500, 700))
    expect(growth).toBeLessThan(1.05)
  })

  it('answers with a trained model, in the order of the questions', async () => {
    const { until, say, exit } = await start({
      type: 'predictor',
      source: { kind: 'run', runFolder: run.folder },
    })
    await until((m) => m.type === 'predictor.ready')
    const long = 'good '.repeat(100)
    const inputs = ['the film good', long, 'a bore'].map((text) => ({ text, pair: null }))
    say({ type: 'predict', id: 7, inputs })
    const answer = await until((m) => m.type === 'predicted' && m.id === 7)
    if (answer.type !== 'predicted') return expect.fail('no answer')
    expect(answer.predictions).toHaveLength(3)
    const [first, second] = answer.predictions
    expect(first).toMatchObject({ labels: ['negative', 'positive'], truncated: false })
    expect(second).toMatchObject({ truncated: true, tokens: 32 })
    const sum = first?.probabilities.reduce((total, value) => total + value, 0)
    expect(sum).toBeCloseTo(1, 6)
    say({ type: 'exit' })
    expect(await exit).toMatchObject({ code: 0 })
  })

  it('tells a coded error and ends with 1 when there is nothing to start from', async () => {
    const missing = await start({ type: 'train', runFolder: join(run.root, 'runs/none') })
    await missing.until((m) => m.type === 'fatal' && m.error.code === 'file.notFound')
    expect(await missing.exit).toMatchObject({ code: 1 })
    const untrained = addRun(run, 'untrained', { recipe })
    const source = { kind: 'run', runFolder: untrained } as const
    const predictor = await start({ type: 'predictor', source })
    await predictor.until((m) => m.type === 'fatal' && m.error.code === 'run.noCheckpoint')
    expect(await predictor.exit).toMatchObject({ code: 1 })
  })
})
