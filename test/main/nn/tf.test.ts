import { describe, expect, it } from 'vitest'
import {
  attribute,
  dispose,
  execute,
  execute1,
  memory,
  read,
  readFloats,
  readScalar,
  scalar,
  tensor,
} from '../../../src/main/nn/tf'
import { Parameter, Variable } from '../../../src/main/nn/parameters'

const float = [attribute.dtype('T', 'float32')]

describe('the face of TensorFlow', () => {
  it('executes an op by name and reads its values', () => {
    const a = tensor(Float32Array.of(1, 2, 3), [3])
    const b = scalar(10)
    const sum = execute1('AddV2', float, [a, b])
    expect([...read(sum)]).toEqual([11, 12, 13])
    expect(sum.shape).toEqual([3])
    dispose(a, b, sum)
  })

  it('reads bfloat16 as float32', () => {
    const wide = tensor(Float32Array.of(1, -2.5), [2])
    const narrow = execute1(
      'Cast',
      [attribute.dtype('SrcT', 'float32'), attribute.dtype('DstT', 'bfloat16')],
      [wide],
    )
    expect(narrow.dtype).toBe('bfloat16')
    expect([...readFloats(narrow)]).toEqual([1, -2.5])
    dispose(wide, narrow)
  })

  it('counts live tensors and bytes, and disposing twice does no harm', () => {
    const before = memory()
    const one = tensor(new Float32Array(100), [10, 10])
    expect(memory().tensors).toBe(before.tensors + 1)
    expect(memory().bytes).toBe(before.bytes + 400)
    one.dispose()
    one.dispose()
    expect(memory().tensors).toBe(before.tensors)
    expect(memory().bytes).toBe(before.bytes)
  })

  it('holds an empty tensor', () => {
    const none = tensor(new Float32Array(0), [0])
    const doubled = execute1('AddV2', float, [none, none])
    expect(read(doubled)).toHaveLength(0)
    dispose(none, doubled)
  })

  it('names the op and the shapes when TensorFlow refuses', () => {
    const a = tensor(new Float32Array(6), [2, 3])
    expect(() => execute('MatMul', float, [a, a], 1)).toThrow(/MatMul.*float32\[2,3\]/)
    a.dispose()
  })
})

describe('a variable', () => {
  it('keeps its value over assignments and ends without a trace', () => {
    const before = memory().tensors
    const parameter = new Parameter('layer.weight', [2, 2], true)
    parameter.write(Float32Array.of(1, 2, 3, 4))
    expect([...parameter.read()]).toEqual([1, 2, 3, 4])
    parameter.write(Float32Array.of(5, 6, 7, 8))
    expect([...parameter.read()]).toEqual([5, 6, 7, 8])
    expect(() => parameter.write(new Float32Array(3))).toThrow(/layer\.weight.*4/)
    parameter.dispose()
    expect(memory().tensors).toBe(before)
  })

  it('is updated in place by fused ops', () => {
    const variable = new Variable([3])
    const start = tensor(Float32Array.of(1, 2, 3), [3])
    const rate = scalar(0.5)
    const gradient = tensor(Float32Array.of(2, 2, 2), [3])
    variable.assign(start)
    execute('ResourceApplyGradientDescent', float, [variable.handle, rate, gradient], 0)
    const value = variable.value()
    expect(readScalar(value)).toBe(0)
    expect([...read(start)]).toEqual([1, 2, 3])
    dispose(start, rate, gradient, value)
    variable.dispose()
  })
})
