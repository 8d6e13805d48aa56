import { z } from 'zod'
import { knowledgeSchema } from './knowledge'

const seed = z.int().min(0).max(0xffffffff)
const share = z.number().min(0).max(1)

const Data = z.strictObject({
  dataset: z.string().min(1).describe('Name or id of a dataset of the workspace.'),
  validation: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe(
      'Share of the training rows held out for validation, when the dataset has no validation part of its own. 0: none.',
    ),
  test: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe(
      'Share of the rows held out for the test, when the dataset has no test part of its own. 0: none.',
    ),
  maxLength: z
    .int()
    .min(4)
    .max(4096)
    .default(128)
    .describe('Longest sequence in tokens; longer rows are cut.'),
  trainRows: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('At most this many training rows, drawn by the data seed, stratified. null: all.'),
})

const Head = z.strictObject({
  pooling: z
    .enum(['checkpoint', 'first', 'mean', 'max'])
    .default('checkpoint')
    .describe(
      'How token vectors become one: the head of the family (checkpoint), the first token, the mean or the maximum.',
    ),
})

const Part = z
  .union([z.enum(['all', 'head', 'auto']), z.strictObject({ lastLayers: z.int().min(1).max(200) })])
  .default('all')
  .describe(
    'What is trained: all parameters, only the new head, or the head and the last layers. auto: chosen by trial on the labelled rows.',
  )

const Optimizer = z.strictObject({
  name: z.enum(['adam', 'adamw', 'sgd', 'momentum', 'lamb', 'lion', 'adafactor']).default('adamw'),
  learningRate: z.number().positive().max(10).default(5e-5),
  weightDecay: z.number().min(0).max(1).default(0),
  beta1: share.default(0.9),
  beta2: share.default(0.999),
  epsilon: z.number().positive().default(1e-8),
  momentum: share.default(0.9),
})

const Schedule = z.strictObject({
  name: z
    .enum(['constant', 'linear', 'cosine', 'one-cycle', 'inverse-sqrt', 'polynomial'])
    .default('linear')
    .describe('How the learning rate falls after the warm-up.'),
  warmup: z.number().min(0).default(0).describe('Steps of warm-up; below 1: share of all steps.'),
})

const Batch = z.strictObject({
  size: z.int().min(1).max(4096).default(32).describe('Rows of a step.'),
  accumulate: z
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe('Batches whose gradients are added before a step.'),
  order: z
    .enum(['length', 'random'])
    .default('length')
    .describe('Rows of similar length together (faster), or plain random order.'),
  tokens: z
    .int()
    .min(16)
    .nullable()
    .default(null)
    .describe('Token budget of a batch instead of a number of rows.'),
})

const Loss = z.strictObject({
  name: z
    .enum(['auto', 'cross-entropy', 'binary-cross-entropy', 'mean-squared-error'])
    .default('auto'),
  labelSmoothing: z.number().min(0).max(0.5).default(0),
  classWeights: z.enum(['none', 'balanced']).default('none'),
})

const Evaluation = z.strictObject({
  every: z
    .union([z.literal('epoch'), z.int().min(1)])
    .default('epoch')
    .describe('Each epoch, or every so many steps.'),
  metric: z
    .string()
    .default('validation.loss')
    .describe('The metric that decides which checkpoint is best.'),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Stop after so many evaluations without improvement. null: never.'),
})

const LossScaling = z.strictObject({
  initial: z
    .number()
    .min(1)
    .max(2 ** 24)
    .default(2 ** 16)
    .describe('What gradients are multiplied by at the start, in float16 only.'),
  interval: z
    .int()
    .min(1)
    .default(2000)
    .describe(
      'The scale doubles after so many steps without an overflow; each overflow halves it.',
    ),
})

const Seeds = z.strictObject({
  data: seed.default(0),
  init: seed.default(0),
  dropout: seed.default(0),
})

/**
 * A recipe: everything that decides what a run computes. Two runs of one recipe on one machine
 * give the same weights, byte for byte.
 */
export const recipeSchema = z.strictObject({
  name: z.string().min(1).max(200).default('Untitled'),
  model: z.string().min(1).describe('Name or id of a model of the workspace.'),
  data: Data,
  head: Head.prefault({}),
  train: Part,
  epochs: z.number().positive().max(10000).default(2),
  maxSteps: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Stop after so many steps, whatever the epochs. null: no limit.'),
  batch: Batch.prefault({}),
  optimizer: Optimizer.prefault({}),
  schedule: Schedule.prefault({}),
  loss: Loss.prefault({}),
  dropout: share.nullable().default(null).describe("Dropout probability; null: the model's own."),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(1)
    .describe('Largest global gradient norm; null: no clipping.'),
  ema: z
    .number()
    .min(0.5)
    .max(0.999999)
    .nullable()
    .default(null)
    .describe(
      'Decay of an exponential moving average of the weights, such as 0.999: evaluations and the best checkpoint use the average. null: none.',
    ),
  precision: z
    .enum(['auto', 'float32', 'bfloat16', 'float16'])
    .default('float32')
    .describe(
      'Type of the matrix products; weights and optimiser stay in float32. auto: measured at the start. float16: with loss scaling, for GPUs without bfloat16.',
    ),
  lossScaling: LossScaling.prefault({}),
  cacheFrozen: z
    .boolean()
    .default(true)
    .describe(
      'What frozen layers compute of each row is kept on disk and read in further epochs, where the disk has room.',
    ),
  evaluation: Evaluation.prefault({}),
  checkpoint: z
    .strictObject({
      keep: z
        .enum(['best', 'none'])
        .default('best')
        .describe('Whether trained weights stay when the run has ended; none: only its results.'),
      everySteps: z
        .int()
        .min(1)
        .nullable()
        .default(null)
        .describe(
          'A checkpoint every so many steps besides the one a minute and the one at each evaluation.',
        ),
    })
    .prefault({}),
  seeds: Seeds.prefault({}),
  knowledge: knowledgeSchema
    .nullable()
    .default(null)
    .describe('The knowledge pack of the run and how it takes part. null: none.'),
})

export type Recipe = z.output<typeof recipeSchema>
/** A recipe as a person writes it: everything that has a default may be left out. */
export type RecipeInput = z.input<typeof recipeSchema>

/** A difference between two recipes: dotted path and both values. */
export interface RecipeDifference {
  readonly path: string
  readonly values: readonly unknown[]
}
