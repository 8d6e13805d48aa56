import { settledSmoothing } from '@shared/domain/settled'
import type { NamedArray } from '../arrays'
import type { SoftLabels } from './soft-labels'
import type { TrialModel, TrialTraining } from './trial-model'

/** Weights to train from, and how. */
export interface TrainingStart {
  readonly weights: readonly NamedArray[]
  readonly training: TrialTraining
}

/** What a training needs of a model. */
type Learner = Pick<TrialModel, 'classes' | 'assign' | 'learn'>

/**
 * All parameters, from the start with its own head: a head that were solved on the rows first would
 * leave the layers below nothing to learn.
 */
export async function trainFrom(
  model: Learner,
  { weights, training }: TrainingStart,
  rows: Int32Array,
  y: Int32Array,
  seed: number,
): Promise<void> {
  model.assign(weights)
  await model.learn(smoothed(rows, y, model.classes), training, 1, seed)
}

/**
 * Trains from each start and gives the mean of the weights that came of them: all layers began with
 * the same pre-trained weights, and what one start taught wrongly the others dampen (model soups;
 * Wortsman et al. 2022, section 3). Whether that helps, held-out rows tell.
 */
export async function trainAveraged(
  model: Learner & Pick<TrialModel, 'eachWeight'>,
  starts: readonly TrainingStart[],
  rows: Int32Array,
  y: Int32Array,
  seed: number,
): Promise<readonly NamedArray[]> {
  const mean = new MeanWeights(starts.length)
  for (const start of starts) {
    await trainFrom(model, start, rows, y, seed)
    mean.add(model.eachWeight())
  }
  return mean.weights()
}

/** The mean of a known number of weights; one copy is held, however many they are. */
export class MeanWeights {
  private readonly sums = new Map<string, NamedArray>()

  constructor(private readonly count: number) {}

  add(weights: Iterable<NamedArray>): void {
    for (const { name, shape, data } of weights) {
      const sum = this.sums.get(name)?.data
      if (sum === undefined) {
        this.sums.set(name, { name, shape, data: data.map((value) => value / this.count) })
      } else {
        data.forEach((value, at) => {
          sum[at] = (sum[at] ?? 0) + value / this.count
        })
      }
    }
  }

  weights(): readonly NamedArray[] {
    return [...this.sums.values()]
  }
}

/** Few labelled rows are soon known by heart: the other classes keep equal shares. */
function smoothed(rows: Int32Array, y: Int32Array, classes: number): SoftLabels {
  const distributions = new Float32Array(rows.length * classes).fill(settledSmoothing / classes)
  y.forEach((label, row) => {
    distributions[row * classes + label] = 1 - settledSmoothing + settledSmoothing / classes
  })
  return { rows, distributions, weights: new Float32Array(rows.length).fill(1) }
}
