import type { EncoderFamily } from './encoder/config'
import type { Match } from './loading'
import type { Parameter } from './parameters'
import type { ModelPlan, Place } from './plan'

export interface LayerSummary {
  readonly name: string
  readonly shape: readonly number[]
  readonly parameters: number
  readonly trained: boolean
}

export interface ModelSummary {
  readonly family: EncoderFamily
  readonly parameters: number
  readonly trainable: number
  /** One entry a parameter, from the embeddings to the head. */
  readonly layers: readonly LayerSummary[]
  /** Parameters that start anew, because the checkpoint lacks them. */
  readonly fresh: readonly string[]
  /** Weights of the checkpoint that the model does not use. */
  readonly unexpected: readonly string[]
  /** Where each parameter belongs, for rates and views by layer. */
  readonly places: ReadonlyMap<string, Place>
}

/** What a model consists of, for people and for reports. */
export function describeModel(
  plan: ModelPlan,
  parameters: readonly Parameter[],
  { fresh, unexpected }: Match,
): ModelSummary {
  const layers = parameters.map(({ name, shape, size, trained }) => ({
    ...{ name, shape, trained },
    parameters: size,
  }))
  const count = (some: readonly LayerSummary[]): number =>
    some.reduce((sum, layer) => sum + layer.parameters, 0)
  return {
    family: plan.config.family,
    parameters: count(layers),
    trainable: count(layers.filter((layer) => layer.trained)),
    ...{ layers, fresh, unexpected },
    places: new Map(plan.specs.map((spec) => [spec.name, spec.place])),
  }
}
