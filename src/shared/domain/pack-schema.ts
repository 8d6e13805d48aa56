import { z } from 'zod'
import { conditionLimits } from './condition-file'
import type { Condition, MinedRule, Mining, PackContent } from './pack'
import { matchKinds } from './pack'

const text = z.string().max(1_000_000)
const label = z.string().trim().min(1).max(200)
const match = z.enum(matchKinds)
const bound = z.number().nullable()

const conditions = z
  .array(z.lazy(() => condition))
  .min(1)
  .max(conditionLimits.together)

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('contains'), term: text, match }),
    z.strictObject({ kind: z.literal('regex'), pattern: text }),
    z.strictObject({
      kind: z.literal('near'),
      first: text,
      second: text,
      within: z.int().min(0).max(conditionLimits.within),
    }),
    z.strictObject({ kind: z.literal('not'), condition }),
    z.strictObject({ kind: z.literal('all'), conditions }),
    z.strictObject({ kind: z.literal('any'), conditions }),
    z.strictObject({ kind: z.literal('count'), term: text, atLeast: z.int().min(1) }),
    z.strictObject({
      kind: z.literal('length'),
      unit: z.enum(['characters', 'words']),
      atLeast: bound,
      atMost: bound,
    }),
    z.strictObject({
      kind: z.literal('column'),
      column: text,
      equals: text.nullable(),
      atLeast: bound,
      atMost: bound,
    }),
  ]),
)

const negation = z.strictObject({
  words: z.array(text),
  suffixes: z.array(text),
  window: z.int().min(1).max(50),
  factor: z.number().min(-10).max(10),
})

const intensifiers = z.strictObject({
  words: z.record(z.string(), z.number()),
  window: z.int().min(1).max(50),
  decay: z.number().min(0).max(1),
})

const contrast = z.strictObject({
  words: z.array(text),
  before: z.number().min(0).max(10),
  after: z.number().min(0).max(10),
})

/** The result of the job that looks for rules; the engine's own word, so not checked rule by rule. */
export const miningSchema: z.ZodType<Mining> = z.object({
  rules: z.array(z.custom<MinedRule>()),
  clear: z.boolean(),
})

/** A pack as an editor sends it: the shape alone; what it says is checked by the linter. */
export const packContentSchema: z.ZodType<PackContent> = z.strictObject({
  name: z.string().trim().min(1).max(200),
  version: z.int().min(1),
  language: z.string().trim().min(1).max(35),
  labels: z.array(label).max(10_000),
  description: text,
  licence: z.string().nullable(),
  sources: z.array(text),
  lexicons: z.array(
    z.strictObject({
      id: label,
      file: text,
      match,
      caseSensitive: z.boolean(),
      valence: z.strictObject({ above: label, below: label }).nullable(),
      negation: negation.nullable(),
      intensifiers: intensifiers.nullable(),
      contrast: contrast.nullable(),
      entries: z.array(z.strictObject({ term: text, label: label.nullable(), weight: z.number() })),
    }),
  ),
  rules: z.array(
    z.strictObject({
      id: label,
      when: condition,
      label,
      confidence: z.number().min(0).max(1),
      hard: z.boolean(),
      note: text,
    }),
  ),
  triples: z.array(z.strictObject({ head: text, relation: text, tail: text })),
  vocabulary: z.array(text),
  priors: z
    .strictObject({
      shares: z.record(z.string(), z.number().min(0).max(1)),
      forbidden: z.array(z.tuple([label, label])),
      implied: z.array(z.tuple([label, label])),
      hierarchy: z.record(z.string(), label),
    })
    .nullable(),
  rationales: z.array(
    z.strictObject({
      term: text,
      role: z.enum(['reason', 'irrelevant']),
      label: label.nullable(),
    }),
  ),
  invariances: z
    .strictObject({
      text: z.array(z.enum(['case', 'digits', 'punctuation'])),
      swaps: z.array(z.array(text)),
      images: z.array(z.enum(['flip', 'rotate', 'colour', 'crop'])),
    })
    .nullable(),
  corpus: z.array(z.strictObject({ file: text, lines: z.int().min(0), bytes: z.int().min(0) })),
})
