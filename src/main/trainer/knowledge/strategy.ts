import { z } from 'zod'
import {
  predictionMethodSchema,
  trainingMethodSchema,
  type PredictionMethod,
  type TrainingMethod,
} from '@shared/domain/knowledge'
import type { Recipe } from '@shared/domain/recipe'
import { labelSmoothing, type HeldOutAnswers } from './held-out'

/**
 * What a run that chooses for itself has settled on; kept as `strategy.json` in its folder, so that
 * a run that goes on from a checkpoint goes on with it.
 */
export const strategySchema = z.object({
  version: z.literal(1),
  pooling: z.enum(['checkpoint', 'first', 'mean', 'max']),
  /** Steps of training; 0: the head was solved, nothing is left to train. null: as the recipe says. */
  steps: z.int().min(0).nullable(),
  batch: z.int().min(1),
  learningRate: z.number().positive(),
  training: z.array(trainingMethodSchema),
  prediction: z.array(predictionMethodSchema),
  candidates: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      loss: z.number(),
      accuracy: z.number(),
      error: z.number(),
      chosen: z.boolean(),
    }),
  ),
  reason: z.string(),
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

/** The recipe that the steps of a run follow: its own, with what was chosen put in. */
export function settledRecipe(
  recipe: Recipe,
  strategy: Strategy | undefined,
  trainingRows: number,
): Recipe {
  if (strategy === undefined) return recipe
  const { pooling, steps, batch, learningRate } = strategy
  const settled: Recipe = {
    ...recipe,
    head: { ...recipe.head, pooling },
    train: recipe.train === 'auto' ? 'all' : recipe.train,
  }
  if (steps === null) return settled
  return {
    ...settled,
    epochs: Math.max(1, Math.ceil((steps * batch) / trainingRows)),
    maxSteps: steps,
    // By length, few rows would fall into the same batches in every pass.
    batch: { size: batch, accumulate: 1, tokens: null, order: 'random' },
    optimizer: { ...recipe.optimizer, name: 'adamw', weightDecay: 0.01, learningRate },
    schedule: { name: 'linear', warmup: 0.1 },
    loss: { ...recipe.loss, labelSmoothing },
  }
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
