import type { ErrorPayload } from '../errors'
import type { AblationId, DatasetId, ModelId, PackId, ProjectId, RunId, Timestamp } from './ids'
import type { Recipe } from './recipe'

/**
 * The states of a run. `paused` and `interrupted` have a checkpoint to resume from, unless they
 * ended before the first one; `interrupted` is a run whose process died.
 */
export type RunState =
  | { readonly kind: 'queued'; readonly position: number }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'stopping'; readonly to: 'paused' | 'stopped' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'interrupted'; readonly error: ErrorPayload }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: ErrorPayload }
  | { readonly kind: 'finished' }

export type RunStateKind = RunState['kind']

export type Phase =
  'loading' | 'tokenizing' | 'settling' | 'training' | 'evaluating' | 'testing' | 'saving'

export interface RunProgress {
  readonly phase: Phase
  readonly step: number
  readonly totalSteps: number
  readonly epoch: number
  readonly epochs: number
  /** Training rows per second over the last steps. */
  readonly samplesPerSecond: number | null
  readonly remainingSeconds: number | null
}

export interface Confusion {
  readonly split: 'validation' | 'test'
  readonly labels: readonly string[]
  /** `counts[actual][predicted]`, in rows. */
  readonly counts: readonly (readonly number[])[]
}

export interface Run {
  readonly id: RunId
  readonly project: ProjectId
  /** Number of the run in its workspace: what people say and type. */
  readonly number: number
  readonly name: string
  readonly note: string
  readonly tags: readonly string[]
  readonly archived: boolean
  readonly recipe: Recipe
  readonly model: ModelId
  readonly modelName: string
  readonly modelHash: string
  readonly dataset: DatasetId
  readonly datasetName: string
  readonly datasetHash: string
  readonly labels: readonly string[]
  /** The knowledge pack of the run; null: none. */
  readonly pack: PackId | null
  readonly packName: string | null
  readonly packHash: string | null
  /** The ablation that the run is a cell of. */
  readonly ablation: AblationId | null
  readonly state: RunState
  readonly progress: RunProgress | null
  /** Last value of every summary metric: `test.accuracy`, `validation.loss`, `train.loss`, … */
  readonly metrics: Readonly<Record<string, number>>
  readonly best: { readonly metric: string; readonly value: number; readonly step: number } | null
  readonly steps: number
  /** Seconds spent in trainer processes, all attempts together. */
  readonly seconds: number
  readonly samplesPerSecond: number | null
  readonly peakMemoryBytes: number | null
  readonly resumable: boolean
  readonly machine: Machine | null
  readonly createdAt: Timestamp
  readonly startedAt: Timestamp | null
  readonly endedAt: Timestamp | null
  readonly diskBytes: number
}

export interface Machine {
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly device: 'cpu' | 'gpu'
  readonly tensorflow: string
  readonly node: string
  readonly graftbench: string
}

/** One curve at the resolution asked for; arrays of one length. */
export interface Series {
  readonly name: string
  readonly step: readonly number[]
  readonly value: readonly number[]
  /** Least and greatest raw value of each point's bucket; equal to `value` at raw resolution. */
  readonly min: readonly number[]
  readonly max: readonly number[]
  /** Seconds of training time at each point. */
  readonly seconds: readonly number[]
  readonly epoch: readonly number[]
  readonly samples: readonly number[]
  /** Raw points in the range asked for. */
  readonly rawPoints: number
  readonly raw: boolean
}

export interface LogLine {
  readonly seq: number
  readonly time: Timestamp
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
}

/** A row of the validation part and what the run says of it as it trains. */
export interface ExamplePrediction {
  readonly row: number
  readonly text: string
  readonly label: string
  readonly predicted: string
  readonly probability: number
  readonly step: number
}

/** What a run will cost, worked out before it starts. */
export interface RunEstimate {
  readonly trainRows: number
  readonly validationRows: number
  readonly testRows: number
  readonly stepsPerEpoch: number
  readonly totalSteps: number
  readonly tokensPerStep: number
  readonly seconds: number
  /**
   * Where `seconds` come from: a run that had the same to do, or a rate, of an earlier run of this
   * model or the processor's own.
   */
  readonly basis: 'same-run' | 'earlier-run' | 'measured' | 'assumed'
  readonly memoryBytes: number
  readonly trainableParameters: number
  /** Whether ways to train are tried first; `seconds` are with these. */
  readonly trials: boolean
}

/** Whether a run finished with weights that it found before its first step. */
export const isStepless = ({ steps, state }: Run): boolean =>
  steps === 0 && state.kind === 'finished'

/** Errors that come again however often a run goes on: of what it was given, not of the machine. */
const lasting = /^(data|recipe|pack|model|checkpoint)\.|^trainer\.lossNotFinite$/

/** Whether resuming a run that ended by an error may bring it further. */
export const resumeHelps = ({ state }: Run): boolean =>
  state.kind === 'interrupted' || (state.kind === 'failed' && !lasting.test(state.error.code))

/** Whether there are weights of a run: where only results are wanted, they go when it has finished. */
export const hasWeights = ({ steps, state, recipe }: Run): boolean =>
  state.kind === 'finished' ? recipe.checkpoint.keep !== 'none' : steps > 0
