import type { Variable } from '../parameters'
import type { Attribute, Tensor } from '../tf'
import { attribute, execute, execute1, ints, scalar } from '../tf'

type Operand = Tensor | number

/**
 * Arithmetic whose intermediate tensors are disposed of together, so that an update reads like its
 * formula. Numbers become float32 scalars; tensors broadcast as in TensorFlow.
 */
export class Scope {
  private readonly owned: Tensor[] = []

  /** Runs `use` and disposes of everything that it made. */
  static run<R>(use: (scope: Scope) => R): R {
    const scope = new Scope()
    try {
      return use(scope)
    } finally {
      for (const one of scope.owned) one.dispose()
    }
  }

  own(one: Tensor): Tensor {
    this.owned.push(one)
    return one
  }

  op(name: string, attributes: readonly Attribute[], inputs: readonly Operand[]): Tensor {
    return this.own(
      execute1(
        name,
        attributes,
        inputs.map((input) => this.tensor(input)),
      ),
    )
  }

  tensor(value: Operand): Tensor {
    return typeof value === 'number' ? this.own(scalar(value)) : value
  }

  /** The variable's value; it must not be updated while this handle lives. */
  read(variable: Variable): Tensor {
    return this.own(variable.value())
  }

  add = (a: Operand, b: Operand): Tensor => this.op('AddV2', [T], [a, b])
  sub = (a: Operand, b: Operand): Tensor => this.op('Sub', [T], [a, b])
  mul = (a: Operand, b: Operand): Tensor => this.op('Mul', [T], [a, b])
  div = (a: Operand, b: Operand): Tensor => this.op('RealDiv', [T], [a, b])
  max = (a: Operand, b: Operand): Tensor => this.op('Maximum', [T], [a, b])
  min = (a: Operand, b: Operand): Tensor => this.op('Minimum', [T], [a, b])
  sqrt = (a: Operand): Tensor => this.op('Sqrt', [T], [a])
  rsqrt = (a: Operand): Tensor => this.op('Rsqrt', [T], [a])
  square = (a: Operand): Tensor => this.op('Square', [T], [a])
  sign = (a: Operand): Tensor => this.op('Sign', [T], [a])

  /** Mean over `axes` (all when left out), which stay as ones with `keep`. */
  mean(a: Tensor, axes?: readonly number[], keep = false): Tensor {
    return this.reduce('Mean', a, axes, keep)
  }

  sum(a: Tensor, axes?: readonly number[], keep = false): Tensor {
    return this.reduce('Sum', a, axes, keep)
  }

  private reduce(
    name: string,
    a: Tensor,
    axes: readonly number[] = a.shape.map((_, axis) => axis),
    keep: boolean,
  ): Tensor {
    const attributes = [T, attribute.dtype('Tidx', 'int32'), attribute.bool('keep_dims', keep)]
    return this.op(name, attributes, [a, this.own(ints(...axes))])
  }

  reshape(a: Tensor, shape: readonly number[]): Tensor {
    const attributes = [T, attribute.dtype('Tshape', 'int32')]
    return this.op('Reshape', attributes, [a, this.own(ints(...shape))])
  }

  cast(a: Tensor, to: 'float32' | 'bfloat16'): Tensor {
    if (a.dtype === to) return a
    const attributes = [
      attribute.dtype('SrcT', a.dtype),
      attribute.dtype('DstT', to),
      attribute.bool('Truncate', false),
    ]
    return this.op('Cast', attributes, [a])
  }

  /** The dense form of rows: a tensor of `shape` with `values` at the rows `ids`. */
  scatter(ids: Tensor, values: Tensor, shape: readonly number[]): Tensor {
    const rows = shape[0] ?? 0
    return this.op(
      'UnsortedSegmentSum',
      [T, attribute.dtype('Tindices', 'int32'), attribute.dtype('Tnumsegments', 'int32')],
      [values, ids, this.own(execute1('Squeeze', squeeze, [this.own(ints(rows))]))],
    )
  }

  /** variable += a */
  increase(variable: Variable, a: Tensor): void {
    execute('AssignAddVariableOp', [attribute.dtype('dtype', 'float32')], [variable.handle, a], 0)
  }

  /** variable -= a */
  decrease(variable: Variable, a: Tensor): void {
    execute('AssignSubVariableOp', [attribute.dtype('dtype', 'float32')], [variable.handle, a], 0)
  }
}

const T = attribute.dtype('T', 'float32')
const squeeze = [attribute.dtype('T', 'int32'), attribute.ints('squeeze_dims', [0])]
