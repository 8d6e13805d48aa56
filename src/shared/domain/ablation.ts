import type { AblationId, DatasetId, ProjectId, RunId, Timestamp } from './ids'
import type { Recipe } from './recipe'

export const ablationArms = ['none', 'training', 'prediction', 'both', 'auto'] as const

/** Seeds of an ablation, at most. */
export const mostSeeds = 100

/** Where knowledge takes part. `auto`: whichever of the others the labelled rows speak for. */
export type AblationArm = (typeof ablationArms)[number]

export type AblationState = 'running' | 'stopped' | 'finished' | 'failed'

/** One cell: an arm, or an arm without a piece, at a number of labels and a seed. */
export interface AblationCell {
  /** An arm, or "without lexicon:valence". */
  readonly arm: string
  /** Labelled training rows; null: all there are. */
  readonly labels: number | null
  readonly seed: number
  readonly run: RunId
  readonly state: string
  readonly value: number | null
}

export interface AblationRow {
  readonly labels: number | null
  readonly arm: string
  readonly metric: string
  readonly mean: number
  /** 95% interval of the mean over seeds (bootstrap, Efron 1979). */
  readonly low: number
  readonly high: number
  readonly seeds: number
}

export interface AblationTest {
  readonly labels: number | null
  readonly arm: string
  readonly against: string
  readonly metric: string
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Paired permutation test over seeds and rows, two-sided. */
  readonly p: number
  readonly seeds: number
}

/** How many labels the run without knowledge needs to match an arm. */
export interface LabelEfficiency {
  readonly arm: string
  readonly labels: number
  /** Interpolated on log labels; null: more than were tried. */
  readonly needed: number | null
  readonly ratio: number | null
}

export interface AblationResult {
  readonly table: readonly AblationRow[]
  readonly tests: readonly AblationTest[]
  readonly efficiency: readonly LabelEfficiency[]
}

export interface Ablation {
  readonly id: AblationId
  readonly number: number
  readonly name: string
  readonly project: ProjectId
  readonly dataset: DatasetId
  readonly datasetName: string
  readonly packName: string
  readonly packHash: string
  /** The recipe that every cell is a variant of. */
  readonly recipe: Recipe
  readonly labels: readonly (number | null)[]
  readonly arms: readonly AblationArm[]
  readonly seeds: number
  readonly leaveOneOut: boolean
  readonly metric: string
  readonly state: AblationState
  readonly done: number
  readonly total: number
  readonly createdAt: Timestamp
  readonly endedAt: Timestamp | null
}

export interface AblationDetail {
  readonly ablation: Ablation
  readonly cells: readonly AblationCell[]
  readonly result: AblationResult
}
