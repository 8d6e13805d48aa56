import type { NamedArray } from '../arrays'
import type { ChoiceInput } from './choice'
import type { LabelledRows } from './labelled-rows'
import { trainingStart, type Way } from './start-trial'
import { trainOnce } from './trial-cache'
import { carryOut, type TrainingStart } from './trainings'

/** What comes of the way with all labelled rows. */
export async function combinedWeights(
  { starts, self }: Way,
  labelled: LabelledRows,
  { model, key, seed, log, ...input }: ChoiceInput,
): Promise<readonly NamedArray[]> {
  const each = starts.map((one) => trainingStart(one, input))
  const plan = { starts: each, average: each.length > 1, self }
  const lesson = {
    ...{ ...labelled, seed },
    log: (sentence: string) => {
      log(`With all labelled rows: ${sentence}`)
    },
    after: () => Promise.resolve(),
  }
  return trainOnce(model, plan, lesson, key, async () => {
    await carryOut(model, plan, lesson)
    return model.weights()
  })
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
