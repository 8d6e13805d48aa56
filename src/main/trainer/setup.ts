import type { Recipe } from '@shared/domain/recipe'
import type { RunProgress } from '@shared/domain/run'
import { settledRecipe } from '@shared/domain/settled'
import type { RunManifest } from '@shared/trainer'
import { planEpoch } from '../data/batches'
import { createSchedule } from '../nn/optimizers/schedules'
import { nothingYet } from './best'
import { loadCheckpoint, type CheckpointState, type LoadedCheckpoint } from './checkpoint'
import { startClock, type Clock } from './clock'
import { breathe, StopAsked, type Control } from './control'
import { describeMachine } from './machine'
import type { NamedArray } from './arrays'
import type { ChosenTraining } from './knowledge/create-terms'
import { graftKnowledge, type GraftedRun } from './knowledge/graft'
import { RunFusion } from './knowledge/run-fusion'
import { settle, type SettleInput } from './knowledge/settle'
import { TrialPace } from './knowledge/trial-pace'
import { injectorOf, type TripleInjector } from './knowledge/triples'
import { fingerprint, type RunFolder } from './manifest'
import { makePlan, type Plan } from './plan'
import { choosePrecision } from './precision'
import type { Prepared } from './prepare'
import { settleBest } from './deployment'
import type { Reporter } from './reporter'
import type { Trainee } from './trainee'

/** Everything that a run needs while it trains. */
export interface Setup {
  readonly folder: RunFolder
  readonly manifest: RunManifest
  readonly recipe: Recipe
  readonly data: Prepared
  readonly plan: Plan
  readonly trainee: Trainee
  readonly clock: Clock
  /** Rows of each batch of an epoch, as positions in the data set. */
  readonly batches: (epoch: number) => readonly Int32Array[]
  /** What a step of an epoch weighs on average, where steps differ in it by plan; otherwise null. */
  readonly typicalWeight: (epoch: number) => number | null
  /** Rate of a step, counted from 0. */
  readonly learningRate: (step: number) => number
  /** Where the run stands; the loop moves it on. */
  readonly state: CheckpointState
  /** What knowledge does when the run predicts; undefined: nothing. */
  readonly fusion: RunFusion | undefined
  /** Step of the checkpoint that the run goes on from; null: from its beginning. */
  readonly resumedFrom: number | null
}

/** What a model under training is made of. */
export interface TraineeParts {
  readonly folder: RunFolder
  readonly data: Prepared
  readonly precision: CheckpointState['precision']
  /** Weights and optimiser state to go on from. */
  readonly kept: LoadedCheckpoint | undefined
  /** Passes over the training rows that the run is to make, and its steps. */
  readonly epochs: number
  readonly totalSteps: number
  /** Puts triples into rows; undefined: rows as they are. */
  readonly injector?: TripleInjector | undefined
  /**
   * Whether frozen layers are not those of the model's folder, or rows not as they are elsewhere: then
   * what they make of rows is not shared between runs.
   */
  readonly ownBackbone: boolean
  /** Weights to start from instead of those of the model's folder. */
  readonly start?: readonly NamedArray[] | undefined
  /** What knowledge does while the run trains; undefined: nothing. */
  readonly training?: ChosenTraining | undefined
  readonly log: Reporter['log']
  /** Awaited now and then while frozen layers are computed; what it throws ends the set-up. */
  readonly whileComputing: () => Promise<void>
}

export type CreateTrainee = (parts: TraineeParts) => Promise<{
  readonly trainee: Trainee
  readonly runtime: { readonly device: 'cpu' | 'gpu'; readonly tensorflow: string }
}>

/** Reads rows, knowledge, model and checkpoint, and records that the run started. */
export async function setUp(
  given: RunFolder,
  reporter: Reporter,
  control: Control,
  createTrainee: CreateTrainee,
): Promise<Setup> {
  const { epochs: passes } = given.manifest.recipe
  const pace = new TrialPace()
  const progress = showing(() => tokenizing(passes), reporter, control)
  const settling = showing(() => pace.progress(passes), reporter, control)
  const pausing = (show: () => void) => (): Promise<void> => {
    show()
    return breathe()
  }
  const whileComputing = pausing(progress)
  const log: Reporter['log'] = (level, message) => {
    reporter.log(level, message)
  }
  const kept = await loadKept(given, reporter)
  const precision =
    kept?.state.precision ?? choosePrecision(given.manifest.recipe.precision, reporter)
  const state = kept?.state ?? freshState(given.manifest, precision)
  const grafted = await graftKnowledge(given, precision, log, progress, whileComputing)
  const run = await settleRun(grafted, {
    ...{ precision, resumed: kept !== undefined, pace, whileComputing: pausing(settling) },
    log: (sentence) => {
      log('info', sentence)
    },
    warn: (sentence) => {
      log('warning', sentence)
    },
  })
  const { folder, data, recipe } = run
  const batches = planBatches(recipe, data)
  const plan = planRun(recipe, batches)
  const epochs = plan.epochAfter(plan.totalSteps)
  const { totalSteps } = plan
  const parts: TraineeParts = {
    ...{ folder, data, precision, kept, epochs, totalSteps, log, whileComputing },
    ...{ start: run.start, training: run.training, injector: run.injector },
    ownBackbone: run.ownBackbone,
  }
  const model = await createTrainee(parts)
  const { manifest } = folder
  reporter.record(
    {
      type: 'started',
      machine: describeMachine({ ...model.runtime, graftbench: manifest.graftbench }),
      fromStep: state.step,
      trainable: model.trainee.trainableParameters,
      precision,
    },
    { durable: true },
  )
  const weight = model.trainee.weight(data.parts.train)
  const schedule = createSchedule({ ...recipe.schedule, totalSteps: plan.totalSteps })
  return {
    ...{ folder, manifest, recipe, data, plan, batches, state },
    trainee: model.trainee,
    clock: startClock(state.seconds),
    typicalWeight: (epoch) => {
      if (recipe.batch.tokens === null) return null
      return weight / Math.ceil(batches(epoch).length / recipe.batch.accumulate)
    },
    learningRate: (step) => recipe.optimizer.learningRate * schedule(step),
    fusion: run.fusion,
    resumedFrom: kept?.state.step ?? null,
  }
}

/** A run in which nothing is left open. */
interface SettledRun {
  readonly folder: RunFolder
  readonly recipe: Recipe
  readonly data: Prepared
  readonly start: readonly NamedArray[] | undefined
  readonly training: ChosenTraining | undefined
  readonly injector: TripleInjector | undefined
  readonly ownBackbone: boolean
  readonly fusion: RunFusion | undefined
}

async function settleRun(
  { folder: given, data, knowledge }: GraftedRun,
  trials: Omit<SettleInput, keyof GraftedRun>,
): Promise<SettledRun> {
  const settled = await settle({ folder: given, data, knowledge, ...trials })
  const { strategy, training, prediction: methods, weak } = settled
  const { recipe: own } = given.manifest
  const recipe =
    strategy === undefined ? own : settledRecipe(own, strategy, data.parts.train.length)
  const folder: RunFolder = { ...given, manifest: { ...given.manifest, recipe } }
  const fuses = knowledge !== undefined && methods.length > 0
  const injector = knowledge && injectorOf(data.tokenizer, knowledge.content.triples, training)
  return {
    ...{ folder, recipe, data, start: settled.start },
    training: knowledge && { knowledge, methods: training, weak },
    injector,
    ownBackbone:
      injector !== undefined ||
      training.some(
        (each) => each.use === 'words' || (each.use === 'weak' && each.when === 'first'),
      ),
    fusion: fuses ? new RunFusion({ folder, data, knowledge, methods, strategy }) : undefined,
  }
}

/** Shows what comes before the steps of a run, and lets a stop end it. */
const showing = (progress: () => RunProgress, reporter: Reporter, control: Control) => (): void => {
  if (control.requested !== null) throw new StopAsked()
  reporter.progress(progress())
}

const tokenizing = (epochs: number): RunProgress => ({
  ...{ phase: 'tokenizing', step: 0, totalSteps: 0, epoch: 0, epochs },
  ...{ samplesPerSecond: null, remainingSeconds: null },
})

async function loadKept(
  folder: RunFolder,
  reporter: Reporter,
): Promise<LoadedCheckpoint | undefined> {
  const kept = await loadCheckpoint(folder.checkpoints, fingerprint(folder.manifest))
  if (kept === undefined) return undefined
  await settleBest(folder.checkpoints)
  applyLength(kept.state, folder.manifest.recipe)
  for (const warning of kept.warnings) reporter.log('warning', warning)
  reporter.log('info', `Goes on from the checkpoint of step ${kept.state.step}.`)
  return kept
}

/** A run that was extended is no longer at its end, also where it had stopped early. */
function applyLength(state: CheckpointState, { epochs, maxSteps }: Recipe): void {
  if (state.length.epochs === epochs && state.length.maxSteps === maxSteps) return
  state.length = { epochs, maxSteps }
  state.earlyStopped = false
  state.best = { ...state.best, withoutImprovement: 0 }
}

/** Batches of the training rows, with the rows' positions in the whole data set. */
function planBatches(recipe: Recipe, data: Prepared): (epoch: number) => readonly Int32Array[] {
  const { train } = data.parts
  const options = {
    lengths: train.map((row) => data.tokens.lengths[row] ?? 0),
    size: recipe.batch.size,
    tokens: recipe.batch.tokens,
    order: recipe.batch.order,
    seed: recipe.seeds.data,
  }
  let known: { readonly epoch: number; readonly rows: readonly Int32Array[] } | undefined
  return (epoch) => {
    if (known?.epoch !== epoch) {
      const rows = planEpoch(options, epoch).map((batch) => batch.map((at) => train[at] ?? 0))
      known = { epoch, rows }
    }
    return known.rows
  }
}

function planRun(recipe: Recipe, batches: (epoch: number) => readonly Int32Array[]): Plan {
  const differ = recipe.batch.tokens !== null && recipe.batch.order === 'random'
  return makePlan({
    epochs: recipe.epochs,
    maxSteps: recipe.maxSteps,
    accumulate: recipe.batch.accumulate,
    batchesIn: (epoch) => batches(differ ? epoch : 0).length,
    evaluateEvery: recipe.evaluation.every,
    checkpointEvery: recipe.checkpoint.everySteps,
  })
}

const freshState = (
  manifest: RunManifest,
  precision: CheckpointState['precision'],
): CheckpointState => ({
  version: 1,
  fingerprint: fingerprint(manifest),
  step: 0,
  epoch: 0,
  nextBatch: 0,
  precision,
  best: nothingYet(manifest.recipe.evaluation.metric),
  bestMetrics: {},
  evaluatedStep: 0,
  earlyStopped: false,
  length: { epochs: manifest.recipe.epochs, maxSteps: manifest.recipe.maxSteps },
  seconds: 0,
  stepSeconds: 0,
  samples: 0,
  epochLoss: { sum: 0, rows: 0 },
  metrics: {},
  versions: { graftbench: manifest.graftbench, node: process.versions.node },
})
