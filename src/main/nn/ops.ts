/**
 * The TensorFlow ops that kernels are composed of, one function an op. Inputs stay the caller's,
 * results are the caller's. Broadcasting is TensorFlow's (as NumPy's).
 */
import type { Attribute, DType, Tensor } from './tf'
import { attribute, execute, execute1, ints, scalar, tensor } from './tf'

const remembered = new Map<string, readonly Attribute[]>()

/** Attribute lists are built once; the key names all that they depend on. */
function attributes(key: string, build: () => readonly Attribute[]): readonly Attribute[] {
  const known = remembered.get(key)
  if (known !== undefined) return known
  const built = build()
  remembered.set(key, built)
  return built
}

const typed = (dtype: DType): readonly Attribute[] =>
  attributes(dtype, () => [attribute.dtype('T', dtype)])

const unary =
  (op: string) =>
  (x: Tensor): Tensor =>
    execute1(op, typed(x.dtype), [x])

const binary =
  (op: string) =>
  (a: Tensor, b: Tensor): Tensor =>
    execute1(op, typed(a.dtype), [a, b])

export const add = binary('AddV2')
export const subtract = binary('Sub')
export const multiply = binary('Mul')
export const divide = binary('RealDiv')
export const maximum = binary('Maximum')
export const squaredDifference = binary('SquaredDifference')
export const square = unary('Square')
export const rsqrt = unary('Rsqrt')
export const tanh = unary('Tanh')
export const erf = unary('Erf')
export const exp = unary('Exp')
export const sigmoid = unary('Sigmoid')
export const relu = unary('Relu')
export const softmax = unary('Softmax')
export const softplus = unary('Softplus')
/** dy · (1 - y²) of y = tanh(x). */
export const tanhGrad = binary('TanhGrad')
/** dy where the features (input or output of relu) are positive. */
export const reluGrad = binary('ReluGrad')
/** x [.., C] + bias [C]. */
export const biasAdd = (x: Tensor, bias: Tensor): Tensor =>
  execute1('BiasAdd', typed(x.dtype), [x, bias])

/** x times a constant. */
export function scaleBy(x: Tensor, factor: number): Tensor {
  const wide = scalar(factor)
  const constant = x.dtype === 'float32' ? wide : castTo(wide, x.dtype)
  const result = multiply(x, constant)
  if (constant !== wide) constant.dispose()
  wide.dispose()
  return result
}

/** x plus a constant (float32). */
export function addNumber(x: Tensor, value: number): Tensor {
  const constant = scalar(value)
  const result = add(x, constant)
  constant.dispose()
  return result
}

/** a [m, k] or its transpose, times b [k, n] or its transpose. */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const list = attributes(`MatMul ${a.dtype} ${transposeA} ${transposeB}`, () => [
    attribute.dtype('T', a.dtype),
    attribute.bool('transpose_a', transposeA),
    attribute.bool('transpose_b', transposeB),
  ])
  return execute1('MatMul', list, [a, b])
}

/** The product of the last two axes, either one transposed, for each of the leading axes. */
export function batchMatMul(a: Tensor, b: Tensor, adjointA = false, adjointB = false): Tensor {
  const list = attributes(`BatchMatMulV2 ${a.dtype} ${adjointA} ${adjointB}`, () => [
    attribute.dtype('T', a.dtype),
    attribute.bool('adj_x', adjointA),
    attribute.bool('adj_y', adjointB),
  ])
  return execute1('BatchMatMulV2', list, [a, b])
}

/** bfloat16 rounds to nearest, ties to even. Casting to the own type gives a shared handle. */
export function castTo(x: Tensor, to: DType): Tensor {
  if (x.dtype === to) return x.retain()
  const list = attributes(`Cast ${x.dtype} ${to}`, () => [
    attribute.dtype('SrcT', x.dtype),
    attribute.dtype('DstT', to),
    attribute.bool('Truncate', false),
  ])
  return execute1('Cast', list, [x])
}

/** Calls with a short-lived int32 vector: an axis list, a shape, a permutation. */
function withInts(values: readonly number[], use: (vector: Tensor) => Tensor): Tensor {
  const vector = ints(...values)
  try {
    return use(vector)
  } finally {
    vector.dispose()
  }
}

/** The same memory under another shape. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const list = attributes(`Reshape ${x.dtype}`, () => [
    attribute.dtype('T', x.dtype),
    attribute.dtype('Tshape', 'int32'),
  ])
  return withInts(shape, (vector) => execute1('Reshape', list, [x, vector]))
}

export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const list = attributes(`Transpose ${x.dtype}`, () => [
    attribute.dtype('T', x.dtype),
    attribute.dtype('Tperm', 'int32'),
  ])
  return withInts(order, (vector) => execute1('Transpose', list, [x, vector]))
}

function reduce(op: string, x: Tensor, axes: readonly number[], keep: boolean): Tensor {
  const list = attributes(`${op} ${x.dtype} ${keep}`, () => [
    attribute.dtype('T', x.dtype),
    attribute.dtype('Tidx', 'int32'),
    attribute.bool('keep_dims', keep),
  ])
  return withInts(axes, (vector) => execute1(op, list, [x, vector]))
}

export const sum = (x: Tensor, axes: readonly number[], keep = false): Tensor =>
  reduce('Sum', x, axes, keep)
export const mean = (x: Tensor, axes: readonly number[], keep = false): Tensor =>
  reduce('Mean', x, axes, keep)

/** Sum over all axes, shape []. */
export const sumAll = (x: Tensor): Tensor =>
  sum(
    x,
    x.shape.map((_, axis) => axis),
  )

/** Rows `ids` (int32 [n]) of a table [R, ..]. */
export function gather(table: Tensor, ids: Tensor): Tensor {
  const list = attributes(`GatherV2 ${table.dtype}`, () => [
    attribute.dtype('Tparams', table.dtype),
    attribute.dtype('Tindices', 'int32'),
    attribute.dtype('Taxis', 'int32'),
    attribute.int('batch_dims', 0),
  ])
  const axis = tensor(Int32Array.of(0), [])
  const rows = execute1('GatherV2', list, [table, ids, axis])
  axis.dispose()
  return rows
}

function segments(op: string, x: Tensor, ids: Tensor, count: number): Tensor {
  const list = attributes(`${op} ${x.dtype}`, () => [
    attribute.dtype('T', x.dtype),
    attribute.dtype('Tindices', 'int32'),
    attribute.dtype('Tnumsegments', 'int32'),
  ])
  const number = tensor(Int32Array.of(count), [])
  const result = execute1(op, list, [x, ids, number])
  number.dispose()
  return result
}

/** Row i of the result: the sum of the rows of x whose id is i; zero where there are none. */
export const segmentSum = (x: Tensor, ids: Tensor, count: number): Tensor =>
  segments('UnsortedSegmentSum', x, ids, count)

/** Row i of the result: the maximum, column by column, of the rows of x whose id is i. */
export const segmentMax = (x: Tensor, ids: Tensor, count: number): Tensor =>
  segments('UnsortedSegmentMax', x, ids, count)

export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [one] = parts
  if (one === undefined) throw new RangeError('Nothing to concatenate.')
  const list = attributes(`ConcatV2 ${one.dtype} ${parts.length}`, () => [
    attribute.int('N', parts.length),
    attribute.dtype('T', one.dtype),
    attribute.dtype('Tidx', 'int32'),
  ])
  const where = tensor(Int32Array.of(axis), [])
  const result = execute1('ConcatV2', list, [...parts, where])
  where.dispose()
  return result
}

/** `count` equal parts along an axis. */
export function split(x: Tensor, count: number, axis: number): Tensor[] {
  const list = attributes(`Split ${x.dtype} ${count}`, () => [
    attribute.int('num_split', count),
    attribute.dtype('T', x.dtype),
  ])
  const where = tensor(Int32Array.of(axis), [])
  const parts = execute('Split', list, [where, x], count)
  where.dispose()
  return parts
}

/** float32 numbers in [0, 1) from a seed (int64 [2]): a pure function of seed and shape. */
export function randomUniform(shape: readonly number[], seed: Tensor): Tensor {
  const list = attributes('StatelessRandomUniform', () => [
    attribute.dtype('dtype', 'float32'),
    attribute.dtype('T', 'int32'),
    attribute.dtype('Tseed', 'int64'),
  ])
  return withInts(shape, (vector) => execute1('StatelessRandomUniform', list, [vector, seed]))
}

/** a >= b as 1 or 0 of float32. */
export function atLeast(a: Tensor, b: Tensor): Tensor {
  const truth = execute1('GreaterEqual', typed(a.dtype), [a, b])
  const numbers = castTo(truth, 'float32')
  truth.dispose()
  return numbers
}

/** a == b as 1 or 0 of float32. */
export function equal(a: Tensor, b: Tensor): Tensor {
  const list = attributes(`Equal ${a.dtype}`, () => [
    attribute.dtype('T', a.dtype),
    attribute.bool('incompatible_shape_error', true),
  ])
  const truth = execute1('Equal', list, [a, b])
  const numbers = castTo(truth, 'float32')
  truth.dispose()
  return numbers
}

/** 64-bit seeds of 32-bit words: int32 [2n] to int64 [n]. */
export function asInt64(words: Tensor): Tensor {
  const pairs = reshape(words, [words.size / 2, 2])
  const list = attributes('Bitcast int32 int64', () => [
    attribute.dtype('T', 'int32'),
    attribute.dtype('type', 'int64'),
  ])
  const result = execute1('Bitcast', list, [pairs])
  pairs.dispose()
  return result
}

/** Replaces short-lived operands by a result: disposes of them and returns it. */
export function consume(result: Tensor, ...operands: readonly Tensor[]): Tensor {
  for (const operand of operands) operand.dispose()
  return result
}
