import type { ErrorPayload } from './errors'
import type { TaskKind } from './domain/dataset'
import type { Prediction, PredictionInput } from './domain/prediction'
import type { Recipe } from './domain/recipe'
import type { Confusion, ExamplePrediction, LogLine, Machine, RunProgress } from './domain/run'

/**
 * Run folder: the only thing a trainer reads and writes.
 *
 *     run.json                  RunManifest, written by the engine
 *     events.ndjson             every RecordedEvent, appended before it is sent
 *     checkpoints/last/         newest complete checkpoint
 *     checkpoints/best/         weights of the best evaluation
 *     fusion.json               FusionSummary: what the knowledge tried, chose and fitted
 *     predictions/<part>.jsonl  one object a row: row (its id), label, predicted, logits
 */
export interface RunManifest {
  readonly version: 1
  readonly runId: string
  readonly recipe: Recipe
  readonly task: TaskKind
  readonly labels: readonly string[]
  /** Folders relative to the run folder. */
  readonly modelFolder: string
  readonly modelHash: string
  readonly datasetFolder: string
  readonly datasetHash: string
  readonly cacheFolder: string
  /** The knowledge pack of the recipe; null: none. */
  readonly packFolder: string | null
  readonly packHash: string | null
  readonly graftbench: string
}

/** Points of one series: arrays of one length. `seconds` is training time from the run's start. */
export interface MetricBlock {
  readonly series: string
  readonly step: readonly number[]
  readonly value: readonly number[]
  readonly seconds: readonly number[]
  readonly epoch: readonly number[]
  readonly samples: readonly number[]
}

/** What is history: journalled in the run folder, numbered without a gap, kept in the database. */
export type RunEvent =
  | {
      readonly type: 'started'
      readonly machine: Machine
      readonly fromStep: number
      readonly trainable: number
      readonly precision: 'float32' | 'bfloat16' | 'float16'
    }
  | { readonly type: 'metrics'; readonly blocks: readonly MetricBlock[] }
  | {
      readonly type: 'evaluated'
      readonly split: 'validation' | 'test'
      readonly step: number
      readonly epoch: number
      readonly metrics: Readonly<Record<string, number>>
      readonly confusion: Confusion | null
      readonly best: boolean
    }
  | { readonly type: 'examples'; readonly rows: readonly ExamplePrediction[] }
  | {
      readonly type: 'checkpoint'
      readonly step: number
      readonly path: string
      readonly bytes: number
    }
  | { readonly type: 'log'; readonly line: Omit<LogLine, 'seq'> }
  | { readonly type: 'ended'; readonly outcome: TrainerOutcome }

export type TrainerOutcome =
  | { readonly kind: 'finished'; readonly summary: RunSummary; readonly earlyStopped: boolean }
  | { readonly kind: 'stopped'; readonly summary: RunSummary }
  | { readonly kind: 'paused'; readonly summary: RunSummary }
  | { readonly kind: 'failed'; readonly error: ErrorPayload }

export interface RunSummary {
  readonly steps: number
  /** Seconds of this attempt, from process start to end. */
  readonly seconds: number
  /** Training rows per second of the training steps alone, without evaluation and saving. */
  readonly samplesPerSecond: number | null
  readonly peakMemoryBytes: number
  /** Keys as `test.accuracy`, `validation.loss`, `train.loss`. */
  readonly metrics: Readonly<Record<string, number>>
}

export interface RecordedEvent {
  readonly seq: number
  readonly time: number
  readonly event: RunEvent
}

/** Trainer → engine. Progress and predictions are not history and carry no number. */
export type TrainerMessage =
  | { readonly type: 'event'; readonly recorded: RecordedEvent }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'predictor.ready' }
  | { readonly type: 'predicted'; readonly id: number; readonly predictions: readonly Prediction[] }
  | {
      readonly type: 'embedded'
      readonly id: number
      readonly rows: number
      readonly width: number
      readonly data: readonly number[]
    }
  | { readonly type: 'refused'; readonly id: number; readonly error: ErrorPayload }
  | { readonly type: 'fatal'; readonly error: ErrorPayload }

/** Engine → trainer. The first message names the role; the process ends after its work. */
export type TrainerCommand =
  | { readonly type: 'train'; readonly runFolder: string }
  | { readonly type: 'stop'; readonly to: 'paused' | 'stopped' }
  | { readonly type: 'predictor'; readonly source: PredictorSource }
  | { readonly type: 'predict'; readonly id: number; readonly inputs: readonly PredictionInput[] }
  | { readonly type: 'exit' }

/** A fine-tuned model: either a run folder (its best checkpoint) or a Hugging Face folder. */
export type PredictorSource =
  | { readonly kind: 'run'; readonly runFolder: string }
  | { readonly kind: 'folder'; readonly folder: string; readonly maxLength: number | null }
