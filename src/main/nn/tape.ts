/**
 * Reverse-mode differentiation (Linnainmaa 1970) over kernels written by hand.
 *
 * Ownership, in full:
 * - A kernel is a function of tape and values. It computes outputs, hands them to `tape.record`
 *   and gets values back. From then on the tape owns the output tensors.
 * - A value lives while someone holds it: the scope it was made in, until that scope ends (what the
 *   scope's body returns passes to the scope around it), and every record that saved it, until the
 *   record's backward has run. Then its tensor is released at once.
 * - In inference, or where no input needs a gradient, nothing is recorded and nothing is saved.
 * - `backward` runs the records from last to first, each one once. Gradients of an output reach its
 *   record as the list of parts that its consumers sent: a kernel that can add two parts on the fly
 *   does, the others call `total`. The tape releases the parts afterwards.
 * - `receive` takes the gradient it is given over. Parameters pass it on to the gradient store.
 * - `dispose` releases everything that is left, also after an error in the middle.
 */
import * as ops from './ops'
import type { Tensor } from './tf'

/** A tensor in a computation. */
export class Value {
  readonly tensor: Tensor
  readonly needsGradient: boolean
  private holds = 1
  private parts: Tensor[] = []

  constructor(tensor: Tensor, needsGradient: boolean) {
    this.tensor = tensor
    this.needsGradient = needsGradient
  }

  get shape(): readonly number[] {
    return this.tensor.shape
  }

  /** Adds a part of the gradient; takes the tensor over. */
  receive(gradient: Tensor): void {
    if (this.needsGradient) this.parts.push(gradient)
    else gradient.dispose()
  }

  /** Hands the gradient's parts over to the caller. */
  take(): readonly Tensor[] {
    const parts = this.parts
    this.parts = []
    return parts
  }

  hold(): void {
    this.holds += 1
  }

  release(): void {
    this.holds -= 1
    if (this.holds === 0) this.tensor.dispose()
  }

  get released(): boolean {
    return this.holds <= 0
  }
}

/** A value that lives outside the tape and passes its gradient on: a weight. */
export class SourceValue extends Value {
  private readonly pass: (gradient: Tensor) => void

  /** `pass` takes the gradient over. */
  constructor(tensor: Tensor, needsGradient: boolean, pass: (gradient: Tensor) => void) {
    super(tensor, needsGradient)
    this.pass = pass
  }

  override receive(gradient: Tensor): void {
    if (this.needsGradient) this.pass(gradient)
    else gradient.dispose()
  }
}

export interface Operation {
  readonly inputs: readonly (Value | undefined)[]
  /** Whether something that is not among `inputs` needs a gradient. */
  readonly needsGradient?: boolean
  /** Pass to the tape. */
  readonly outputs: readonly Tensor[]
  /** Values whose tensors `backward` reads. */
  readonly saved?: readonly (Value | undefined)[]
  /** Tensors that only `backward` reads; pass to the tape. */
  readonly kept?: readonly (Tensor | undefined)[]
  /** Sends gradients to the inputs. Gets the parts of each output's gradient, maybe none. */
  readonly backward: (gradients: readonly (readonly Tensor[])[]) => void
}

interface Recorded {
  readonly outputs: readonly Value[]
  readonly saved: readonly Value[]
  readonly kept: readonly Tensor[]
  readonly backward: Operation['backward']
}

export type TapeMode = 'training' | 'inference'

const defined = <T>(items: readonly (T | undefined)[]): T[] =>
  items.filter((item) => item !== undefined)

export class Tape {
  readonly mode: TapeMode
  private readonly records: Recorded[] = []
  private readonly scopes: Value[][] = [[]]

  constructor(mode: TapeMode) {
    this.mode = mode
  }

  /** A value without history: takes the tensor over. */
  constant(tensor: Tensor): Value {
    return this.own(new Value(tensor, false))
  }

  record(operation: Operation): Value[] {
    const needed =
      this.mode === 'training' &&
      (operation.needsGradient === true ||
        operation.inputs.some((input) => input?.needsGradient === true))
    const outputs = operation.outputs.map((tensor) => this.own(new Value(tensor, needed)))
    const kept = defined(operation.kept ?? [])
    if (!needed) {
      for (const tensor of kept) tensor.dispose()
      return outputs
    }
    const saved = defined(operation.saved ?? [])
    for (const value of saved) value.hold()
    this.records.push({ outputs, saved, kept, backward: operation.backward })
    return outputs
  }

  /** `record` of an operation with one output. */
  record1(operation: Operation): Value {
    const [output] = this.record(operation)
    if (output === undefined) throw new RangeError('The operation has no output.')
    return output
  }

  /**
   * Runs the body; values made in it that it does not return are let go at its end. It returns a
   * value, or an object whose fields are values.
   */
  scope<T extends Value | object>(body: () => T): T {
    const own: Value[] = []
    this.scopes.push(own)
    let result: T | undefined
    try {
      result = body()
      return result
    } finally {
      this.scopes.pop()
      const returned = new Set<unknown>(result instanceof Value ? [result] : valuesOf(result))
      for (const value of own) {
        if (returned.has(value)) this.scopes.at(-1)?.push(value)
        else value.release()
      }
    }
  }

  /** Ends the current scope's hold on values that it needs no more; records keep theirs. */
  letGo(...values: readonly Value[]): void {
    const scope = this.scopes.at(-1)
    for (const value of new Set(values)) {
      const index = scope?.indexOf(value) ?? -1
      if (index < 0) continue
      scope?.splice(index, 1)
      value.release()
    }
  }

  /** Propagates `gradient` (taken over) from `output` to all that it was computed from. */
  backward(output: Value, gradient: Tensor): void {
    output.receive(gradient)
    for (let record = this.records.pop(); record !== undefined; record = this.records.pop()) {
      const gradients = record.outputs.map((value) => value.take())
      try {
        if (gradients.some((parts) => parts.length > 0)) record.backward(gradients)
      } finally {
        for (const part of gradients.flat()) part.dispose()
        forget(record)
      }
    }
  }

  dispose(): void {
    for (const record of this.records) {
      for (const part of record.outputs.flatMap((value) => value.take())) part.dispose()
      forget(record)
    }
    this.records.length = 0
    for (const value of this.scopes.flat()) value.release()
    this.scopes.length = 0
  }

  private own(value: Value): Value {
    this.scopes.at(-1)?.push(value)
    return value
  }
}

const valuesOf = (result: unknown): readonly unknown[] =>
  typeof result === 'object' && result !== null ? Object.values(result) : []

function forget(record: Recorded): void {
  for (const value of record.saved) value.release()
  for (const tensor of record.kept) tensor.dispose()
}

/** The sum of a gradient's parts: the caller's, to dispose of. */
export function total(parts: readonly Tensor[] | undefined): Tensor {
  const [first, ...others] = parts ?? []
  if (first === undefined) throw new RangeError('There is no gradient.')
  let sum = first.retain()
  for (const part of others) sum = ops.consume(ops.add(sum, part), sum)
  return sum
}
