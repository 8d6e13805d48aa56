import { describe, expect, it } from 'vitest'
import * as ops from '../../../src/main/nn/ops'
import type { Value } from '../../../src/main/nn/tape'
import { SourceValue, Tape, total } from '../../../src/main/nn/tape'
import { memory, readFloats, scalar } from '../../../src/main/nn/tf'
import type { Tensor } from '../../../src/main/nn/tf'

/** x², whose gradient is 2 x dy. */
function squared(tape: Tape, x: Value): Value {
  return tape.record1({
    inputs: [x],
    outputs: [ops.square(x.tensor)],
    saved: [x],
    backward: ([parts]) => {
      const dy = total(parts)
      const product = ops.multiply(x.tensor, dy)
      x.receive(ops.scaleBy(product, 2))
      dy.dispose()
      product.dispose()
    },
  })
}

function source(value: number, received: number[], needsGradient = true): SourceValue {
  return new SourceValue(scalar(value), needsGradient, (gradient: Tensor) => {
    received.push(readFloats(gradient)[0] ?? NaN)
    gradient.dispose()
  })
}

describe('the tape', () => {
  it('applies the chain rule', () => {
    const received: number[] = []
    const x = source(3, received)
    const tape = new Tape('training')
    const y = squared(tape, squared(tape, x))
    tape.backward(y, scalar(1))
    expect(received).toEqual([4 * 27])
    tape.dispose()
    x.release()
  })

  it('adds what several consumers send', () => {
    const received: number[] = []
    const x = source(2, received)
    const tape = new Tape('training')
    const y = squared(tape, x)
    const sum = tape.record1({
      inputs: [y, y],
      outputs: [ops.add(y.tensor, y.tensor)],
      backward: ([parts]) => {
        const dy = total(parts)
        y.receive(dy.retain())
        y.receive(dy)
      },
    })
    tape.backward(sum, scalar(1))
    expect(received).toEqual([8])
    tape.dispose()
    x.release()
  })

  it('releases what a scope does not return, unless a record needs it', () => {
    const received: number[] = []
    const x = source(2, received)
    const tape = new Tape('training')
    let inner: Value | undefined
    const y = tape.scope(() => {
      inner = squared(tape, x)
      return squared(tape, inner)
    })
    expect(inner?.released).toBe(false)
    tape.backward(y, scalar(1))
    expect(inner?.released).toBe(true)
    expect(received).toEqual([32])
    tape.dispose()
    x.release()
  })

  it('keeps nothing in inference', () => {
    const x = source(2, [])
    const before = memory().tensors
    const tape = new Tape('inference')
    let inner: Value | undefined
    const y = tape.scope(() => {
      inner = squared(tape, x)
      return squared(tape, inner)
    })
    expect(inner?.released).toBe(true)
    expect(y.needsGradient).toBe(false)
    expect(memory().tensors).toBe(before + 1)
    tape.dispose()
    expect(memory().tensors).toBe(before)
    x.release()
  })

  it('records nothing for frozen inputs', () => {
    const received: number[] = []
    const x = source(2, received, false)
    const tape = new Tape('training')
    const y = squared(tape, x)
    tape.backward(y, scalar(1))
    expect(y.needsGradient).toBe(false)
    expect(received).toEqual([])
    tape.dispose()
    x.release()
  })

  it('releases everything when it is given up in the middle', () => {
    const before = memory().tensors
    const x = source(2, [])
    const tape = new Tape('training')
    const y = squared(tape, squared(tape, x))
    y.receive(scalar(1))
    tape.dispose()
    x.release()
    expect(memory().tensors).toBe(before)
  })

  it('releases everything when a backward pass fails', () => {
    const before = memory().tensors
    const x = source(2, [])
    const tape = new Tape('training')
    const y = tape.record1({
      inputs: [squared(tape, x)],
      outputs: [scalar(1)],
      backward: () => {
        throw new Error('out of order')
      },
    })
    expect(() => tape.backward(y, scalar(1))).toThrow('out of order')
    tape.dispose()
    x.release()
    expect(memory().tensors).toBe(before)
  })
})
