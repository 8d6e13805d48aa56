import type { TrainingMethod } from '@shared/domain/knowledge'
import type { Lessons, PackLesson } from './lessons'
import { methodNamed } from './strategy'
import type { TrialTraining } from './trial-model'

/** How a recipe's methods let a model learn of the pack before it sees labelled rows. */
export function lessonsOf(methods: readonly TrainingMethod[], seed: number): Lessons {
  const words = methodNamed(methods, 'words')
  const weak = methodNamed(methods, 'weak')
  return {
    words: words && (() => trainingOf(words)),
    weak: weak?.when === 'first' ? { ...weak, training: () => trainingOf(weak) } : undefined,
    seed,
  }
}

/** Which lessons a recipe's methods ask for. */
export function listedLessons(methods: readonly TrainingMethod[]): readonly PackLesson[] {
  const lessons = lessonsOf(methods, 0)
  return (['words', 'weak'] as const).filter((lesson) => lessons[lesson] !== undefined)
}

interface Stage {
  readonly maxSteps: number
  readonly batch: number
  readonly learningRate: number
}

const trainingOf = ({ maxSteps: steps, batch, learningRate }: Stage): TrialTraining => ({
  ...{ steps, batch, learningRate },
})
