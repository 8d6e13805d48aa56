import { z } from 'zod'

const auto = z.literal('auto')
const share = z.number().min(0).max(1)
const strength = z.number().min(0).max(100)
const steps = z.int().min(1).max(1_000_000)

const Pretrain = z
  .strictObject({
    use: z.literal('pretrain'),
    on: z.enum(['corpus', 'rows', 'both']).default('both'),
    epochs: z.number().positive().max(1000).default(1),
    maxSteps: steps.nullable().default(null),
    learningRate: z.number().positive().max(1).default(1e-4),
    batch: z.int().min(1).max(1024).default(32),
    maskRate: z.number().min(0.01).max(0.9).default(0.15),
    wholeWord: z.boolean().default(true),
    domainTerms: z
      .number()
      .min(1)
      .max(20)
      .default(1)
      .describe('Terms of the pack are masked so many times as often.'),
  })
  .describe(
    'Masked-language modelling on corpus and unlabelled rows before the head is trained (Gururangan et al. 2020).',
  )

const Vocabulary = z
  .strictObject({
    use: z.literal('vocabulary'),
    most: z.int().min(1).max(10_000).default(500),
  })
  .describe('Terms of vocabulary.txt become tokens, started from the mean of their pieces.')

const Features = z
  .strictObject({ use: z.literal('features'), gate: z.boolean().default(true) })
  .describe("Scores join the pooled vector through a learned gate: h' = [h ; g ⊙ W k].")

export const Words = z
  .strictObject({
    use: z.literal('words'),
    maxSteps: steps.default(250),
    batch: z.int().min(1).max(1024).default(32),
    learningRate: z.number().positive().max(1).default(5e-5),
  })
  .describe("The pack's own words are learned first, as short texts that the pack labels.")

export const Weak = z
  .strictObject({
    use: z.literal('weak'),
    labelModel: z
      .enum(['auto', 'majority', 'dawid-skene', 'generative', 'triplet'])
      .default('auto'),
    when: z
      .enum(['first', 'together'])
      .default('first')
      .describe('Weak labels before the gold ones, or beside them in every step.'),
    maxSteps: steps.default(200),
    batch: z.int().min(1).max(1024).default(16),
    learningRate: z.number().positive().max(1).default(1e-4),
    confidence: share
      .default(0.6)
      .describe('Rows whose most probable class has less than this are left out.'),
    weight: strength.default(1).describe('Weight of the weak loss beside the gold one.'),
  })
  .describe('Rules and lexicons label the unlabelled rows; a label model weighs their votes.')

const Distill = z
  .strictObject({
    use: z.literal('distill'),
    lambda: z.union([auto, strength]).default('auto'),
    imitation: z
      .strictObject({ start: share.default(0), end: share.default(0.6) })
      .prefault({})
      .describe('π, from the first step to the last.'),
    unlabelled: z.boolean().default(true),
  })
  .describe('A teacher q ∝ p · exp(λ s) is followed (Ganchev et al. 2010; Hu et al. 2016).')

const Expectations = z
  .strictObject({
    use: z.literal('expectations'),
    weight: strength.default(1),
    temperature: z.number().positive().max(10).default(1),
  })
  .describe('The mean prediction is pulled to the stated shares (Mann & McCallum 2010).')

const Rationales = z
  .strictObject({
    use: z.literal('rationales'),
    penalty: strength.default(1),
    reward: strength.default(0),
  })
  .describe('Attribution on terms that must not matter is penalised (Ross et al. 2017).')

const Triples = z
  .strictObject({
    use: z.literal('triples'),
    perEntity: z.int().min(1).max(10).default(2),
    mostTokens: z.int().min(1).max(512).default(64),
  })
  .describe('Triples of entities are put into the sentence with soft positions (Liu et al. 2020).')

const Invariance = z
  .strictObject({
    use: z.literal('invariances'),
    weight: strength.default(1),
    augment: share.default(0.5).describe('Share of the rows of a batch that are changed.'),
  })
  .describe('Rows are changed in what must not matter; answers have to stay.')

export const trainingMethodSchema = z.discriminatedUnion('use', [
  Pretrain,
  Vocabulary,
  Features,
  Words,
  Weak,
  Distill,
  Expectations,
  Rationales,
  Triples,
  Invariance,
])

const Posterior = z
  .strictObject({ use: z.literal('posterior'), lambda: z.union([auto, strength]).default('auto') })
  .describe('q ∝ p · exp(Σ λ s): one weight a piece, fitted on labelled rows.')

const Neighbours = z
  .strictObject({
    use: z.literal('neighbours'),
    k: z.int().min(1).max(1000).default(8),
    temperature: z.number().positive().default(1),
    weight: z.union([auto, share]).default('auto'),
  })
  .describe('Labelled neighbours in the model’s own space are mixed in (Khandelwal et al. 2020).')

const PriorShift = z
  .strictObject({
    use: z.literal('prior-shift'),
    to: z.enum(['stated', 'estimated']).default('stated'),
    weight: z.union([auto, share]).default('auto'),
  })
  .describe('Probabilities are re-weighted to other class shares (Saerens et al. 2002).')

const Calibration = z
  .strictObject({ use: z.literal('calibration') })
  .describe('One temperature, fitted on held-out rows (Guo et al. 2017).')

const HardRules = z
  .strictObject({ use: z.literal('hard-rules') })
  .describe('Rules marked as hard decide, the most confident one where several fire.')

const Abstain = z
  .strictObject({ use: z.literal('abstain'), below: share.default(0.6) })
  .describe('No answer where the most probable class has less than this.')

const Conformal = z
  .strictObject({
    use: z.literal('conformal'),
    coverage: z.number().min(0.5).max(0.999).default(0.9),
  })
  .describe('Sets of classes that hold the right one with a stated probability.')

export const predictionMethodSchema = z.discriminatedUnion('use', [
  Posterior,
  Neighbours,
  PriorShift,
  Calibration,
  HardRules,
  Abstain,
  Conformal,
])

export type TrainingMethod = z.output<typeof trainingMethodSchema>
export type PredictionMethod = z.output<typeof predictionMethodSchema>
export type TrainingMethodName = TrainingMethod['use']
export type PredictionMethodName = PredictionMethod['use']

/** A second of a kind would do nothing. */
function eachOnce(methods: readonly { readonly use: string }[], context: z.RefinementCtx): void {
  for (const [at, { use }] of methods.entries()) {
    if (methods.findIndex((other) => other.use === use) === at) continue
    context.addIssue({
      code: 'custom',
      path: [at, 'use'],
      message: `"${use}" is listed twice; once is enough.`,
    })
  }
}

/** How a pack takes part in a run. */
export const knowledgeSchema = z.strictObject({
  pack: z
    .string()
    .min(1)
    .describe('Name, name@version, id or content hash of a pack of the workspace.'),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe('Labels of the pack → labels of the dataset, where names differ.'),
  training: z
    .union([z.enum(['auto', 'none']), z.array(trainingMethodSchema).max(20).superRefine(eachOnce)])
    .default('auto')
    .describe('What the pack does while the run trains. auto: chosen by trial on labelled rows.'),
  prediction: z
    .union([
      z.enum(['auto', 'none']),
      z.array(predictionMethodSchema).max(20).superRefine(eachOnce),
    ])
    .default('auto')
    .describe('What the pack does when the run predicts. auto: weights fitted on labelled rows.'),
  without: z
    .array(z.string().regex(/^(lexicon|rule):.+$/, 'expected "lexicon:NAME" or "rule:ID"'))
    .max(10_000)
    .default([])
    .describe('Pieces of the pack that are left out.'),
})

export type KnowledgeChoice = z.output<typeof knowledgeSchema>

export const trialCandidateSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    /** Mean log-loss on rows it had not seen, and their accuracy. */
    loss: z.number(),
    accuracy: z.number(),
    /** Standard error of the loss's difference to the candidate that it is compared with. */
    error: z.number(),
    chosen: z.boolean(),
  })
  .readonly()

/** What a run with knowledge tried, chose and fitted: `fusion.json` in its folder. */
export const fusionSummarySchema = z
  .object({
    candidates: z.array(trialCandidateSchema).readonly(),
    /** Why, for a person. */
    reason: z.string(),
    training: z.array(z.string()).readonly(),
    /** Fitted weight of each piece at prediction; 0: it did not help. */
    weights: z
      .array(
        z
          .object({
            piece: z.string(),
            weight: z.number(),
            /** Labelled rows in which it speaks; runs before this was counted have none. */
            rows: z.int().optional(),
          })
          .readonly(),
      )
      .readonly(),
    temperature: z.number(),
    labelledRows: z.int(),
    unlabelledRows: z.int(),
  })
  .readonly()

/** One way to fuse that a trial looked at, and what it was worth on labelled rows. */
export type TrialCandidate = z.output<typeof trialCandidateSchema>
export type FusionSummary = z.output<typeof fusionSummarySchema>

/** What a lexicon says of a class: the weights that were found, summed, and tanh(sum / 4). */
export interface LexiconSum {
  readonly label: string
  readonly sum: number
  readonly score: number
}

/** One thing that moved a prediction; steps stand in the order in which they were applied. */
export interface ProvenanceStep {
  readonly kind: 'lexicon' | 'rule' | 'neighbour' | 'prior' | 'calibration' | 'hard-rule'
  /** The piece, the neighbour's row, the prior: unique in a prediction. */
  readonly id: string
  /** For a person: the rule's id, the terms that were found, the neighbour's text. */
  readonly text: string
  readonly matches: readonly {
    /** Where the offsets count; the text where it is not said. */
    readonly field?: 'text' | 'pair' | 'column'
    readonly term: string
    readonly start: number
    readonly end: number
    readonly weight: number
    readonly negated: boolean
  }[]
  /** Of a lexicon, for each class that it speaks of. */
  readonly sums?: readonly LexiconSum[]
  /** The class it speaks for; null where it only rescales. */
  readonly label: string | null
  readonly weight: number
  /** Probabilities of all classes after this step; the difference to the step before is its part. */
  readonly probabilities: readonly number[]
  /** Whether it speaks against what the model alone said. */
  readonly disagrees: boolean
}

/** What a prediction is made of: the model alone, then every step in order. */
export interface Provenance {
  readonly model: {
    readonly label: string
    readonly probabilities: readonly number[]
  }
  readonly steps: readonly ProvenanceStep[]
  /** Classes that hold the right one with the stated probability; null: not asked for. */
  readonly set: readonly string[] | null
  readonly abstained: boolean
}
