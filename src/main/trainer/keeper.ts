import { join, relative } from 'node:path'
import { saveCheckpoint } from './checkpoint'
import { readArrays } from './arrays'
import { installBest, weightsOfFolder } from './deployment'
import type { Reporter } from './reporter'
import type { Setup } from './setup'

/** Seconds between two checkpoints that nothing else asks for. */
const interval = 60
/** Saving may take at most one part in so many of the time. */
const greatestShare = 20

/** Decides when a run is saved, and keeps its newest and its best weights on disk. */
export class Keeper {
  savedStep: number
  /** False once the best weights took the place of the trained ones, for the test. */
  holdsTrainedWeights = true
  private savedAt: number
  private took = 0

  constructor(
    private readonly setup: Setup,
    private readonly reporter: Reporter,
  ) {
    this.savedStep = setup.resumedFrom ?? -1
    this.savedAt = setup.clock.seconds()
  }

  /** Whether the recipe asks for a checkpoint here, or the last one is too long ago. */
  isDue(): boolean {
    const { plan, state, clock } = this.setup
    if (plan.savesAfter(state.step)) return true
    return clock.seconds() - this.savedAt >= Math.max(interval, this.took * greatestShare)
  }

  /** Writes `last`. What was told so far is in the journal before the checkpoint counts. */
  async save(): Promise<void> {
    const { folder, state, plan, trainee, clock } = this.setup
    const started = clock.seconds()
    state.seconds = started
    state.epoch = plan.epochAfter(state.step)
    state.nextBatch = state.step < plan.totalSteps ? plan.place(state.step).firstBatch : 0
    this.reporter.sync()
    const { path, bytes } = await saveCheckpoint(
      folder.checkpoints,
      state,
      trainee.weights(),
      trainee.optimizerState(),
    )
    this.savedStep = state.step
    this.savedAt = clock.seconds()
    this.took = this.savedAt - started
    this.record(path, bytes)
  }

  /** Writes `best`: a folder that loads as a model. */
  async saveBest(): Promise<void> {
    const { folder, manifest, trainee, state } = this.setup
    const { path, bytes } = await installBest(folder, manifest, trainee.weights(), state)
    this.record(path, bytes)
  }

  /** Puts the weights of the best evaluation back, unless they are the current ones. */
  async restoreBest(): Promise<void> {
    const { state, folder, trainee } = this.setup
    if (state.best.value === null || state.best.step === state.step) return
    this.holdsTrainedWeights = false
    trainee.assign(await readArrays(weightsOfFolder(join(folder.checkpoints, 'best'))))
    this.reporter.log('info', `The weights of step ${state.best.step} are the best and are tested.`)
  }

  private record(path: string, bytes: number): void {
    const { folder, state } = this.setup
    this.reporter.record(
      { type: 'checkpoint', step: state.step, path: relative(folder.root, path), bytes },
      { durable: true },
    )
  }
}
