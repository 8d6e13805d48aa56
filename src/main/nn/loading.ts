import { GraftError } from '@shared/errors'
import type { NamedArray } from './parameters'
import type { ModelPlan, ParameterSpec } from './plan'

/** Where weights come from: an open safetensors file is one. */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>
  readFloat32(name: string): Promise<Float32Array>
}

/** Arrays in memory as a source. */
export function sourceOf(weights: Iterable<NamedArray>): WeightSource {
  const arrays = new Map(Array.from(weights, (array) => [array.name, array]))
  return {
    tensors: arrays,
    readFloat32: (name) => {
      const found = arrays.get(name)
      return found === undefined
        ? Promise.reject(new GraftError('model.weightsMissing', `There is no weight "${name}".`))
        : Promise.resolve(found.data)
    },
  }
}

/** Which entry of a source fills which parameter. */
export interface Match {
  /** Parameter name to the name in the source. */
  readonly found: ReadonlyMap<string, string>
  /** Parameters of the head that start anew: the source has none, or one of another shape. */
  readonly fresh: readonly string[]
  /** What the source has and the model does not use. */
  readonly unexpected: readonly string[]
}

/**
 * Finds every parameter in the source, also under older names (`gamma`, `beta`) and without the
 * backbone's prefix. Throws model.weightsMissing and model.weightsMismatch for the backbone.
 */
export function matchWeights(plan: ModelPlan, source: WeightSource): Match {
  const wanted = new Map(plan.specs.map((spec) => [spec.name, spec]))
  const found = new Map<string, string>()
  const unexpected: string[] = []
  for (const name of source.tensors.keys()) if (wanted.has(name)) found.set(name, name)
  for (const name of source.tensors.keys()) {
    if (wanted.has(name)) continue
    const own = ownName(name, plan, wanted)
    if (own === undefined || found.has(own)) unexpected.push(name)
    else found.set(own, name)
  }
  const fresh: string[] = []
  for (const spec of plan.specs) {
    const name = found.get(spec.name)
    const fits = name !== undefined && sameShape(source.tensors.get(name)?.shape, spec.shape)
    if (fits) continue
    if (spec.place.kind !== 'head' && spec.place.kind !== 'pooler') {
      throw refuse(spec, name, source)
    }
    fresh.push(spec.name)
    if (name !== undefined) unexpected.push(name)
    found.delete(spec.name)
  }
  return { found, fresh, unexpected }
}

function ownName(
  name: string,
  plan: ModelPlan,
  wanted: ReadonlyMap<string, unknown>,
): string | undefined {
  const modern = name.replace(/(norm)\.gamma$/i, '$1.weight').replace(/(norm)\.beta$/i, '$1.bias')
  const { aliases, names } = plan.family
  const candidates = [modern, `${names.prefix}${modern}`, aliases[modern]]
  return candidates.find((one) => one !== undefined && wanted.has(one))
}

const sameShape = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a?.length === b.length && a.every((size, axis) => size === b[axis])

function refuse(spec: ParameterSpec, name: string | undefined, source: WeightSource): GraftError {
  const expected = `[${spec.shape.join(', ')}]`
  if (name === undefined) {
    return new GraftError(
      'model.weightsMissing',
      `The checkpoint has no weight "${spec.name}" ${expected}, which config.json asks for.`,
      { name: spec.name },
    )
  }
  const shape = `[${source.tensors.get(name)?.shape.join(', ') ?? ''}]`
  return new GraftError(
    'model.weightsMismatch',
    `The weight "${name}" is ${shape} in the checkpoint, config.json asks for ${expected}.`,
    { name },
  )
}
