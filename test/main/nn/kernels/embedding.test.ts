import { afterEach, describe, expect, it } from 'vitest'
import { embedding, type TableValue } from '../../../../src/main/nn/kernels/embedding'
import { dropoutAt } from '../../../../src/main/nn/kernels/dropout'
import { library, useLibrary } from '../../../../src/main/nn/kernels/library'
import { nativeAvailable } from '../../../../src/main/nn/kernels/native'
import { createLayout, disposeLayout } from '../../../../src/main/nn/layout'
import { Tape } from '../../../../src/main/nn/tape'
import { memory, read, readFloats, tensor } from '../../../../src/main/nn/tf'
import type { Tensor } from '../../../../src/main/nn/tf'
import { numbers } from '../support'

const libraries = nativeAvailable() ? (['composed', 'fused'] as const) : (['composed'] as const)
const width = 16
const ids = Int32Array.of(4, 2, 4, 1, 2, 0)
const batch = { ids, mask: new Int32Array(6).fill(1), typeIds: undefined, rows: 2, length: 3 }
const seed = numbers(6 * width, 7)

interface Received {
  ids: readonly number[]
  values: Float32Array
}

/** The word table's gradient, and Σ seed · output for a table. */
function run(words: Float32Array, rate: number) {
  const received: Received[] = []
  const table = (data: Float32Array, rows: number, paddingId?: number): TableValue => ({
    tensor: tensor(data.slice(), [rows, width]),
    needsGradient: true,
    paddingId,
    receiveRows(found: Tensor, values: Tensor) {
      received.push({ ids: [...read(found)], values: readFloats(values) })
      found.dispose()
      values.dispose()
    },
  })
  const layout = createLayout(batch, library().packs ? 'packed' : 'padded', { kind: 'plain' })
  const tape = new Tape('training')
  const word = table(words, 5, 0)
  const position = table(numbers(3 * width, 2), 3)
  const { wide } = embedding(tape, layout, {
    ...{ word, position, type: undefined },
    gamma: tape.constant(tensor(numbers(width, 3), [width])),
    beta: tape.constant(tensor(numbers(width, 4), [width])),
    epsilon: 1e-12,
    dropout: dropoutAt({ seed: 1, step: 2, microStep: 0 }, 0, rate),
    copies: undefined,
  })
  const output = readFloats(wide.tensor)
  tape.backward(wide, tensor(seed.slice(), wide.shape))
  tape.dispose()
  disposeLayout(layout)
  word.tensor.dispose()
  position.tensor.dispose()
  const objective = output.reduce((sum, value, index) => sum + value * (seed[index] ?? 0), 0)
  return { received, objective }
}

afterEach(() => {
  useLibrary('auto')
})

describe.each(libraries)('the embedding with %s kernels', (name) => {
  it.each([0, 0.2])('has a sparse gradient, padding left out, at dropout %f', (rate) => {
    useLibrary(name)
    const words = numbers(5 * width, 1)
    run(words, rate)
    const before = memory().tensors
    const { received } = run(words, rate)
    expect(memory().tensors).toBe(before)
    const [word, position] = received
    expect(word?.ids).toEqual([1, 2, 4])
    expect(position?.ids).toEqual([0, 1, 2])
    for (const [row, id] of [1, 2, 4].entries()) {
      for (const column of [0, 7, 15]) {
        const moved = (by: number): number => {
          const copy = words.slice()
          copy[id * width + column] = (copy[id * width + column] ?? 0) + by
          return run(copy, rate).objective
        }
        const slope = (moved(1e-2) - moved(-1e-2)) / 2e-2
        expect(word?.values[row * width + column]).toBeCloseTo(slope, 1)
      }
    }
  })
})
