import * as ops from './ops'
import type { ParameterSpec } from './plan'
import { attribute, execute1, ints, readFloats } from './tf'

type NewParameter = Pick<ParameterSpec, 'name' | 'shape' | 'start'>

/**
 * The start of a new parameter: ones and zeros for norms and biases, otherwise normal numbers with
 * the given deviation, a pure function of seed, name and shape.
 */
export function initialValues(spec: NewParameter, deviation: number, seed: number): Float32Array {
  const size = spec.shape.reduce((product, one) => product * one, 1)
  switch (spec.start) {
    case 'zeros':
      return new Float32Array(size)
    case 'ones':
      return new Float32Array(size).fill(1)
    case 'normal':
      return normal(spec, deviation, seed)
  }
}

function normal(spec: NewParameter, deviation: number, seed: number): Float32Array {
  const shape = ints(...spec.shape)
  const key = ints(seed | 0, nameHash(spec.name))
  const attributes = [
    attribute.dtype('dtype', 'float32'),
    attribute.dtype('T', 'int32'),
    attribute.dtype('Tseed', 'int32'),
  ]
  const unit = execute1('StatelessRandomNormal', attributes, [shape, key])
  const scaled = ops.scaleBy(unit, deviation)
  const values = readFloats(scaled)
  for (const one of [shape, key, unit, scaled]) one.dispose()
  return values
}

/** FNV-1a over the name's characters, 32 bits. */
function nameHash(name: string): number {
  let hash = 0x811c9dc5
  for (const character of name) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return hash
}
