import type { NamedArray } from '../arrays'
import type { ChoiceInput } from './choice'
import type { LabelledRows } from './labelled-rows'
import { trainingStart, type Way } from './start-trial'
import { carryOut, type TrainingStart } from './trainings'

/** What comes of the way with all labelled rows. */
export async function combinedWeights(
  { starts, self }: Way,
  labelled: LabelledRows,
  { model, seed, log, ...input }: ChoiceInput,
): Promise<readonly NamedArray[]> {
  const each = starts.map((one) => trainingStart(one, input))
  const plan = { starts: each, average: each.length > 1, self }
  await carryOut(model, plan, {
    ...{ ...labelled, seed },
    log: (sentence) => {
      log(`With all labelled rows: ${sentence}`)
    },
    after: () => Promise.resolve(),
  })
  return model.weights()
}

/** The trainings of a way, in their order, as a record. */
export const combinedOf = ({ starts, self }: Way, input: ChoiceInput) => [
  ...starts.map((one) => record(trainingStart(one, input), 0)),
  ...(self === undefined ? [] : [record(self, self.unlabelled.length)]),
]

const record = ({ name, training }: TrainingStart, unlabelled: number) => ({
  from: name,
  steps: training.steps,
  learningRate: training.learningRate,
  unlabelled,
})
