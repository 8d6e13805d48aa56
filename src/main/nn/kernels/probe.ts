import * as ops from '../ops'
import type { Tape, Value } from '../tape'
import { total } from '../tape'
import { readFloats, tensor } from '../tf'

/** A place in a computation where its values are moved and their gradient is looked at. */
export interface Probe {
  /** From the values to what is added to them, of their size. */
  readonly offset: (values: Float32Array) => Float32Array
  /** Gets the gradient of the moved values, whether or not anything below is trained. */
  readonly onGradient?: (gradient: Float32Array) => void
}

/** x + offset(x), with the offset as a constant: x is float32 of any shape. */
export function probe(tape: Tape, x: Value, { offset, onGradient }: Probe): Value {
  const shift = tensor(offset(readFloats(x.tensor)).slice(), x.shape)
  return tape.record1({
    inputs: [x],
    needsGradient: onGradient !== undefined,
    outputs: [ops.consume(ops.add(x.tensor, shift), shift)],
    backward: ([parts]) => {
      const dy = total(parts)
      onGradient?.(readFloats(dy))
      x.receive(dy)
    },
  })
}
