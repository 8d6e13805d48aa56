import { GraftError } from '@shared/errors'
import type { EncoderConfig } from './encoder/config'
import { withDropout } from './encoder/config'
import type { Family } from './encoder/family'
import type { LanguageHead, Stage } from './encoder/heads'
import { plainHead } from './encoder/heads'
import { biasOf, weightOf } from './encoder/names'
import type { ScoreFeatures } from './encoder/score-features'
import { scoreSpecs } from './encoder/score-features'
import { familyOf } from './families'
import type { Pooling } from './kernels/pooling'

export type SessionTask = 'single-label' | 'multi-label' | 'regression' | 'masked-lm'

/** Which parameters are trained. */
export type TrainPart =
  | { readonly kind: 'all' }
  | { readonly kind: 'head' }
  /** The last `count` layers and the head. */
  | { readonly kind: 'lastLayers'; readonly count: number }

/** Where a parameter belongs; the pooler is the backbone's part that a checkpoint may lack. */
export type Place =
  | { readonly kind: 'embeddings' }
  | { readonly kind: 'layer'; readonly index: number }
  | { readonly kind: 'pooler' }
  | { readonly kind: 'head' }

export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** How it starts where the checkpoint has no value for it. */
  readonly start: 'normal' | 'zeros' | 'ones'
  /** Standard deviation of a normal start; undefined: the configuration's. */
  readonly deviation?: number
  readonly place: Place
}

export type HeadPlan =
  | {
      readonly kind: 'sequence'
      readonly pooling: Pooling
      readonly stages: readonly Stage[]
      readonly outputs: number
      /** Scores that join the head; undefined: none. */
      readonly scores: ScoreFeatures | undefined
    }
  | { readonly kind: 'language'; readonly head: LanguageHead }

/** What a model consists of, before any tensor exists. */
export interface ModelPlan {
  readonly family: Family
  readonly config: EncoderConfig
  readonly head: HeadPlan
  readonly specs: readonly ParameterSpec[]
}

export interface PlanOptions {
  /** The content of config.json. */
  readonly config: unknown
  readonly task: SessionTask
  readonly labels: readonly string[]
  /** `checkpoint`: the family's own head; others: dropout and one product on pooled vectors. */
  readonly pooling: 'checkpoint' | Pooling
  /** One dropout probability everywhere; undefined: the configuration's. */
  readonly dropout: number | undefined
  /** Scores that join the pooled vector before the last product; undefined: none. */
  readonly scores?: ScoreFeatures | undefined
}

/** Throws model.configInvalid, model.familyUnsupported and input.invalid. */
export function planModel(options: PlanOptions): ModelPlan {
  const family = familyOf(options.config)
  const config = withDropout(family.readConfig(options.config), options.dropout)
  const head = planHead(family, config, options)
  const specs = [...backboneSpecs(family, config), ...headSpecs(family, config, head)]
  return { family, config, head, specs }
}

function planHead(family: Family, config: EncoderConfig, options: PlanOptions): HeadPlan {
  if (options.task === 'masked-lm') return { kind: 'language', head: family.languageHead(config) }
  const outputs = options.task === 'regression' ? 1 : options.labels.length
  if (outputs < 1) {
    throw new GraftError('input.invalid', 'A classifier needs the names of its labels.')
  }
  const { scores } = options
  return options.pooling === 'checkpoint'
    ? {
        kind: 'sequence',
        pooling: 'first',
        stages: family.sequenceHead(config, outputs),
        ...{ outputs, scores },
      }
    : { kind: 'sequence', pooling: options.pooling, stages: plainHead(outputs), outputs, scores }
}

const matrix = (module: string, shape: readonly number[], place: Place): ParameterSpec[] => [
  { name: weightOf(module), shape, start: 'normal', place },
  { name: biasOf(module), shape: shape.slice(0, 1), start: 'zeros', place },
]

const norm = (module: string, width: number, place: Place): ParameterSpec[] => [
  { name: weightOf(module), shape: [width], start: 'ones', place },
  { name: biasOf(module), shape: [width], start: 'zeros', place },
]

function backboneSpecs({ names }: Family, config: EncoderConfig): ParameterSpec[] {
  const { hidden, intermediate } = config
  const place: Place = { kind: 'embeddings' }
  const table = (name: string, entries: number): ParameterSpec => ({
    ...{ name, shape: [entries, hidden], start: 'normal', place },
  })
  const layers = Array.from({ length: config.layers }, (_, index) => {
    const layer = names.layer(index)
    const own: Place = { kind: 'layer', index }
    return [
      ...matrix(layer.query, [hidden, hidden], own),
      ...matrix(layer.key, [hidden, hidden], own),
      ...matrix(layer.value, [hidden, hidden], own),
      ...matrix(layer.projection, [hidden, hidden], own),
      ...norm(layer.attentionNorm, hidden, own),
      ...matrix(layer.expansion, [intermediate, hidden], own),
      ...matrix(layer.contraction, [hidden, intermediate], own),
      ...norm(layer.outputNorm, hidden, own),
    ]
  })
  return [
    table(names.word, config.vocabulary),
    table(names.position, config.positions),
    ...(names.type === undefined ? [] : [table(names.type, config.types)]),
    ...norm(names.embeddingNorm, hidden, place),
    ...layers.flat(),
  ]
}

function headSpecs(family: Family, config: EncoderConfig, plan: HeadPlan): ParameterSpec[] {
  const place: Place = { kind: 'head' }
  const { hidden, vocabulary } = config
  if (plan.kind === 'sequence') {
    const stages = plan.stages.flatMap((stage) =>
      stage.kind === 'dropout'
        ? []
        : matrix(
            stage.name,
            [stage.outputs, hidden],
            stage.name.startsWith(family.names.prefix) ? { kind: 'pooler' } : place,
          ),
    )
    return plan.scores === undefined
      ? stages
      : [...stages, ...scoreSpecs(plan.scores, hidden, plan.outputs)]
  }
  const { dense, norm: normName, bias, decoder } = plan.head
  const untied: ParameterSpec[] = config.tied
    ? []
    : [{ name: decoder, shape: [vocabulary, hidden], start: 'normal', place }]
  return [
    ...matrix(dense, [hidden, hidden], place),
    ...norm(normName, hidden, place),
    ...untied,
    { name: bias, shape: [vocabulary], start: 'zeros', place },
  ]
}

/** The first layer that is trained: -1 with the embeddings, the number of layers for none. */
export function firstTrained(config: EncoderConfig, part: TrainPart): number {
  switch (part.kind) {
    case 'all':
      return -1
    case 'head':
      return config.layers
    case 'lastLayers':
      return Math.max(0, config.layers - part.count)
  }
}

/** Whether a parameter is trained. What starts anew always is. */
export function isTrained(
  spec: ParameterSpec,
  config: EncoderConfig,
  part: TrainPart,
  startsAnew: boolean,
): boolean {
  if (startsAnew) return true
  switch (spec.place.kind) {
    case 'embeddings':
      return part.kind === 'all'
    case 'layer':
      return spec.place.index >= firstTrained(config, part)
    case 'pooler':
      return part.kind !== 'head'
    case 'head':
      return true
  }
}
