import type { CreateTrainee } from '../../../src/main/trainer/setup'
import type { MicroStep, Trainee } from '../../../src/main/trainer/trainee'

/** The same model, with `during` called before each batch of a step. */
export const watched =
  (createTrainee: CreateTrainee, during: (at: MicroStep) => void): CreateTrainee =>
  async (parts) => {
    const { trainee, runtime } = await createTrainee(parts)
    const accumulate: Trainee['accumulate'] = (rows, share, at) => {
      during(at)
      return trainee.accumulate(rows, share, at)
    }
    return { trainee: { ...methodsOf(trainee), accumulate }, runtime }
  }

/** The methods of a trainee as an object of their own, to replace some of them. */
export const methodsOf = (trainee: Trainee): Trainee => ({
  trainableParameters: trainee.trainableParameters,
  tokens: (rows) => trainee.tokens(rows),
  weight: (rows) => trainee.weight(rows),
  accumulate: (rows, share, at) => trainee.accumulate(rows, share, at),
  apply: (learningRate) => trainee.apply(learningRate),
  showAverage: (on) => {
    trainee.showAverage(on)
  },
  logits: (rows) => trainee.logits(rows),
  embeddings: (rows) => trainee.embeddings(rows),
  embeddingWidth: trainee.embeddingWidth,
  weights: () => trainee.weights(),
  assign: (weights) => {
    trainee.assign(weights)
  },
  optimizerState: () => trainee.optimizerState(),
  dispose: () => {
    trainee.dispose()
  },
})
