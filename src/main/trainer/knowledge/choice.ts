import type { PredictionMethod } from '@shared/domain/knowledge'
import type { NamedArray } from '../arrays'
import type { Prepared } from '../prepare'
import type { Knowledge } from './context'
import type { PackLesson } from './lessons'
import type { Strategy } from './strategy'
import type { TrialModel } from './trial-model'
import type { TrainingKey } from './training-key'

/** What a run of its own choice starts from. */
export interface Choice {
  readonly strategy: Strategy
  readonly start: readonly NamedArray[]
}

export interface ChoiceInput {
  readonly model: TrialModel
  readonly data: Prepared
  readonly knowledge: Knowledge | undefined
  /** Whether the pack may teach the model before it sees labelled rows. */
  readonly mayTeach: boolean
  /** What the model has learned of the pack already, as the recipe lists it. */
  readonly learned: readonly PackLesson[]
  /** Whether all parameters or a solved head: null leaves it to the trial. */
  readonly part: 'all' | 'head' | null
  /** Whether trainings may be combined before the run's own steps, which they then stand for. */
  readonly mayCombine: boolean
  readonly prediction: readonly PredictionMethod[]
  /** Steps of a training, at most; null: as many as the rows ask for. */
  readonly mostSteps: number | null
  readonly key: TrainingKey
  readonly pooling: Strategy['pooling']
  readonly seed: number
  readonly log: (sentence: string) => void
}
