import { expect } from 'vitest'
import type { Value } from '../../../src/main/nn/tape'
import { SourceValue, Tape } from '../../../src/main/nn/tape'
import type { Tensor } from '../../../src/main/nn/tf'
import { memory, readFloats, tensor } from '../../../src/main/nn/tf'

/** Numbers that look random and are the same in every run, about -1 to 1. */
export function numbers(size: number, seed = 1): Float32Array {
  let state = seed * 2654435761
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 23 - 1
  })
}

export interface Operand {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

const size = (shape: readonly number[]): number => shape.reduce((product, one) => product * one, 1)

export const operand = (shape: readonly number[], seed = 1, scale = 1): Operand => ({
  shape,
  data: numbers(size(shape), seed).map((value) => value * scale),
})

type Build = (tape: Tape, inputs: readonly Value[]) => Value

/** Σ seed · output in double precision. */
function objective(build: Build, operands: readonly Operand[], seed: Float32Array): number {
  const tape = new Tape('inference')
  const values = operands.map(({ shape, data }) => tape.constant(tensor(data.slice(), shape)))
  const output = readFloats(build(tape, values).tensor)
  tape.dispose()
  return output.reduce((sum, value, index) => sum + value * (seed[index] ?? 0), 0)
}

/** Output and gradients of Σ seed · output with respect to every operand. */
export function differentiate(
  build: Build,
  operands: readonly Operand[],
  seedOf: (size: number) => Float32Array = (count) => numbers(count, 99),
) {
  const tape = new Tape('training')
  const received = new Map<number, Float32Array>()
  const sources = operands.map(({ shape, data }, index) => {
    const pass = (gradient: Tensor): void => {
      const values = readFloats(gradient)
      const known = received.get(index)
      received.set(index, known === undefined ? values : known.map((a, i) => a + (values[i] ?? 0)))
      gradient.dispose()
    }
    return new SourceValue(tensor(data.slice(), shape), true, pass)
  })
  const output = build(tape, sources)
  const values = readFloats(output.tensor)
  const seed = seedOf(values.length)
  tape.backward(output, tensor(seed.slice(), output.shape))
  tape.dispose()
  for (const source of sources) source.release()
  return { values, seed, gradients: operands.map((_, index) => received.get(index)) }
}

/**
 * Compares gradients with central differences of the outputs, for some elements of every operand,
 * and expects that nothing stays behind on the device.
 */
export function expectGradients(
  build: Build,
  operands: readonly Operand[],
  { step = 1e-2, tolerance = 2e-2 } = {},
): void {
  const before = memory()
  const { seed, gradients } = differentiate(build, operands)
  operands.forEach(({ shape, data }, index) => {
    const stride = Math.max(1, Math.floor(data.length / 12))
    for (let at = 0; at < data.length; at += stride) {
      const moved = (by: number): number => {
        const copy = data.slice()
        copy[at] = (copy[at] ?? 0) + by
        const changed = operands.map((one, i) => (i === index ? { shape, data: copy } : one))
        return objective(build, changed, seed)
      }
      const slope = (moved(step) - moved(-step)) / (2 * step)
      const found = gradients[index]?.[at] ?? NaN
      const difference = Math.abs(found - slope)
      expect(difference, `operand ${index}, element ${at}: ${found}, not ${slope}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(slope)),
      )
    }
  })
  expect(memory().tensors - before.tensors).toBeLessThanOrEqual(stayingTensors)
}

/** Stand-ins for absent inputs that the fused kernels keep for the life of the process. */
const stayingTensors = 2

export function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-5): void {
  expect(a.length).toBe(b.length)
  const most = Array.from(a).reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - (b[index] ?? NaN))),
    0,
  )
  expect(most).toBeLessThan(tolerance)
}
