import { z } from 'zod'
import { GraftError } from '@shared/errors'

const share = z.number().min(0).max(1)
const name = z.string().min(1)
const labelPairs = z.array(z.tuple([name, name])).readonly()

/** What a run has fitted for prediction: `fusion.json`, described in docs/fusion-format.md. */
export const fittedFusionSchema = z
  .strictObject({
    version: z.literal(1),
    task: z.enum(['single-label', 'multi-label']),
    /** Labels of the dataset; every array of probabilities has this order. */
    labels: z.array(name).min(1).readonly(),
    /** How the pack is compiled: its labels to those of the dataset, and the pieces left out. */
    labelMap: z.record(z.string(), z.string()).readonly(),
    without: z.array(z.string()).readonly(),
    /** λ of each piece. Below 0: the piece spoke against the truth and is turned round. */
    weights: z.array(z.strictObject({ piece: name, weight: z.number() }).readonly()).readonly(),
    neighbours: z
      .strictObject({
        k: z.int().min(1),
        temperature: z.number().positive(),
        weight: share,
        distance: z.enum(['cosine', 'euclidean']),
      })
      .readonly()
      .nullable(),
    /** p_k · (target_k / source_k)^exponent. */
    priorShift: z
      .strictObject({
        source: z.array(share).readonly(),
        target: z.array(share).readonly(),
        exponent: z.number().min(0),
      })
      .readonly()
      .nullable(),
    /** softmax(log p / temperature + bias). */
    calibration: z
      .strictObject({ temperature: z.number().positive(), bias: z.array(z.number()).readonly() })
      .readonly()
      .nullable(),
    hardRules: z.boolean(),
    /** Multi-label: pairs that never stand together; the second follows from the first. */
    forbidden: labelPairs,
    implied: labelPairs,
    abstainBelow: share.nullable(),
    /** Classes with a probability of at least 1 − threshold; null: all, for want of rows. */
    conformal: z
      .strictObject({ coverage: share, threshold: share.nullable() })
      .readonly()
      .nullable(),
    labelledRows: z.int().min(0),
  })
  .readonly()

export type FittedFusion = z.output<typeof fittedFusionSchema>

/** Nothing but the model: what every part is without its method. */
export const modelAlone = (
  task: FittedFusion['task'],
  labels: readonly string[],
): FittedFusion => ({
  version: 1,
  task,
  labels,
  labelMap: {},
  without: [],
  weights: [],
  neighbours: null,
  priorShift: null,
  calibration: null,
  hardRules: false,
  forbidden: [],
  implied: [],
  abstainBelow: null,
  conformal: null,
  labelledRows: 0,
})

/** Checks the content of a `fusion.json`. Throws pack.invalid with the first wrong field. */
export function parseFittedFusion(value: unknown, file = 'fusion.json'): FittedFusion {
  const parsed = fittedFusionSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  throw new GraftError(
    'pack.invalid',
    `${file}: ${field === '' ? 'the file' : field}: ${issue?.message ?? 'is not valid'}. Write it again by training the run or exporting it anew.`,
    { file, field },
  )
}
