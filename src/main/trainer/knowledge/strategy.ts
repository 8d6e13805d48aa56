import { z } from 'zod'
import {
  predictionMethodSchema,
  trialCandidateSchema,
  type PredictionMethod,
  type TrainingMethod,
} from '@shared/domain/knowledge'
import { settledSchema } from '@shared/domain/settled'
import type { HeldOutAnswers } from './held-out'

/**
 * What a run that chooses for itself has settled on; kept as `strategy.json` in its folder, so that
 * a run that goes on from a checkpoint goes on with it.
 */
export const strategySchema = settledSchema.extend({
  version: z.literal(1),
  candidates: z.array(trialCandidateSchema),
  /** What models that had not seen them say of labelled rows. */
  heldOut: z
    .object({
      rows: z.array(z.int()),
      logits: z.array(z.number()),
      neighbours: z.array(
        z.array(
          z.object({
            id: z.string(),
            text: z.string(),
            labels: z.array(z.int()),
            distance: z.number(),
          }),
        ),
      ),
    })
    .nullable(),
})

export type Strategy = z.output<typeof strategySchema>

/** Fewest validation rows that weights are fitted on instead of rows held out by cross-fitting. */
export const leastValidation = 16

/** Methods at prediction where a recipe leaves them open. */
export function automaticPrediction(has: {
  readonly hardRules: boolean
  readonly shares: boolean
}): readonly PredictionMethod[] {
  const parse = (uses: readonly PredictionMethod['use'][]): readonly PredictionMethod[] =>
    uses.map((use) => predictionMethodSchema.parse({ use }))
  return parse([
    'posterior',
    ...(has.shares ? (['prior-shift'] as const) : []),
    'calibration',
    ...(has.hardRules ? (['hard-rules'] as const) : []),
  ])
}

export const methodNamed = <Use extends TrainingMethod['use']>(
  methods: readonly TrainingMethod[],
  use: Use,
): Extract<TrainingMethod, { readonly use: Use }> | undefined =>
  methods.find(
    (method): method is Extract<TrainingMethod, { readonly use: Use }> => method.use === use,
  )

/** Neighbours that have to be looked for; 0: none. */
export function neighboursAsked(methods: readonly PredictionMethod[]): number {
  const asked = methods.find((method) => method.use === 'neighbours')
  return asked?.use === 'neighbours' ? asked.k : 0
}

/** Held-out answers as a file keeps them. */
export const recordAnswers = (answers: HeldOutAnswers): NonNullable<Strategy['heldOut']> => ({
  rows: [...answers.rows],
  logits: [...answers.logits],
  neighbours: answers.neighbours.map((each) =>
    each.map((one) => ({ ...one, labels: [...one.labels] })),
  ),
})
