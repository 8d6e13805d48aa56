import { z } from 'zod'
import {
  predictionMethodSchema,
  trainingMethodSchema,
  trialCandidateSchema,
  type TrainingMethod,
} from './knowledge'
import type { Recipe } from './recipe'

/** Whether a run looks for its own way to train. */
export const choosesItself = ({ train, knowledge }: Pick<Recipe, 'train' | 'knowledge'>): boolean =>
  train === 'auto' || knowledge?.training === 'auto'

/** Methods that a recipe lists for training; none where it leaves them open or has no pack. */
export const listedMethods = ({
  knowledge,
}: Pick<Recipe, 'knowledge'>): readonly TrainingMethod[] =>
  typeof knowledge?.training === 'object' ? knowledge.training : []

/**
 * What of the model a run that chooses for itself trains: all parameters, a solved head, or what trials
 * say (null). A solved head would leave methods without effect that act in the steps of training.
 */
export function openPart(recipe: Pick<Recipe, 'train' | 'knowledge'>): 'all' | 'head' | null {
  if (recipe.train !== 'auto') return recipe.train === 'head' ? 'head' : 'all'
  const inSteps = listedMethods(recipe).some(
    (method) => actsInSteps.has(method.use) || (method.use === 'weak' && method.when !== 'first'),
  )
  return inSteps ? 'all' : null
}

const actsInSteps: ReadonlySet<TrainingMethod['use']> = new Set([
  ...(['features', 'distill', 'expectations', 'rationales', 'invariances'] as const),
])

/** Whether trials train as the run's own steps would: with no weights, average or clipping of its own. */
export const trainsPlainly = ({ loss, ema, clip }: Recipe): boolean =>
  loss.classWeights === 'none' && ema === null && clip === 1

/** File in a run's folder that holds what was settled. */
export const settledFile = 'strategy.json'

/** What a trainer settled on where a recipe leaves it open. */
export const settledSchema = z.object({
  pooling: z.enum(['checkpoint', 'first', 'mean', 'max']),
  /**
   * Steps of training; 0: nothing is left to train, for a head was solved or trainings were combined.
   * null: as the recipe says.
   */
  steps: z.int().min(0).nullable(),
  /**
   * Trainings of all parameters that take the place of the run's own steps, in their order; none where
   * there was no such thing. Weights that came of labelled rows alone were averaged; one with
   * `unlabelled` rows learned what that mean answered for these.
   */
  combined: z
    .array(
      z.object({
        from: z.string(),
        steps: z.int().min(0),
        learningRate: z.number().positive(),
        unlabelled: z.int().min(0),
      }),
    )
    .default([]),
  batch: z.int().min(1),
  learningRate: z.number().positive(),
  training: z.array(trainingMethodSchema),
  prediction: z.array(predictionMethodSchema),
  /** Steps of trials and trainings that were not done, for another run had done the same. */
  reusedSteps: z.int().min(0).default(0),
  /** Why, for a person. */
  reason: z.string(),
})

export type SettledChoice = z.output<typeof settledSchema>

/** Why a run trained as it did and what it tried for that, if it did, as its settled choice records it. */
export const trialSummarySchema = settledSchema
  .pick({ reason: true })
  .extend({ candidates: z.array(trialCandidateSchema).readonly() })
  .readonly()

export type TrialSummary = z.output<typeof trialSummarySchema>

/** Of trainings whose length was chosen. */
export const settledSmoothing = 0.1

/** The recipe that the steps of a run follow: its own, with what was chosen put in. */
export function settledRecipe(recipe: Recipe, choice: SettledChoice, trainingRows: number): Recipe {
  const { pooling, steps, batch, learningRate } = choice
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
    loss: { ...recipe.loss, labelSmoothing: settledSmoothing },
  }
}
