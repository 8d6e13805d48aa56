import { GraftError } from '@shared/errors'
import { Variable, type NamedArray, type Parameter } from '../parameters'
import type { Tensor } from '../tf'
import { attribute, execute1, readFloats, tensor } from '../tf'
import type { Rule } from './rule'

interface Slot {
  /** `<parameter>.<slot>`, as in the checkpoint. */
  readonly name: string
  readonly variable: Variable
}

/** The state variables of all parameters, made as zeros. */
export class Slots {
  private readonly byParameter: ReadonlyMap<string, readonly Slot[]>
  /** By parameter: which rows ever had a gradient; see `updateRows`. Derived from the state. */
  private readonly touchedRows = new Map<string, Tensor>()

  constructor(rule: Rule, parameters: readonly Parameter[]) {
    this.byParameter = new Map(
      parameters.map((parameter) => [
        parameter.name,
        rule.slots(parameter).map((spec) => ({
          name: `${parameter.name}.${spec.name}`,
          variable: zeros(spec.shape),
        })),
      ]),
    )
  }

  of(parameter: Parameter): readonly Variable[] {
    return (this.byParameter.get(parameter.name) ?? []).map((slot) => slot.variable)
  }

  /** int32 [rows], 1 where the row's state is not zero; the native kernel keeps it up to date. */
  touched(parameter: Parameter): Tensor {
    const known = this.touchedRows.get(parameter.name)
    if (known !== undefined) return known
    const rows = parameter.shape[0] ?? 1
    const flags = new Int32Array(rows)
    for (const variable of this.of(parameter)) markRows(flags, readVariable(variable))
    const made = tensor(flags, [rows])
    this.touchedRows.set(parameter.name, made)
    return made
  }

  /** A dense gradient reached every row. */
  forgetTouched(parameter: Parameter): void {
    this.touchedRows.get(parameter.name)?.dispose()
    this.touchedRows.delete(parameter.name)
  }

  /** Values are read from the device when `data` is asked for: one by one, memory stays flat. */
  *state(): Iterable<NamedArray> {
    for (const { name, variable } of this.all()) {
      yield {
        name,
        shape: variable.shape,
        get data() {
          return readVariable(variable)
        },
      }
    }
  }

  restore(arrays: ReadonlyMap<string, NamedArray>): void {
    const found = this.all().map((slot) => ({ slot, data: dataFor(slot, arrays) }))
    for (const { slot, data } of found) writeVariable(slot.variable, data)
    this.dropTouched()
  }

  dispose(): void {
    for (const { variable } of this.all()) variable.dispose()
    this.dropTouched()
  }

  private all(): readonly Slot[] {
    return [...this.byParameter.values()].flat()
  }

  private dropTouched(): void {
    for (const one of this.touchedRows.values()) one.dispose()
    this.touchedRows.clear()
  }
}

function dataFor(slot: Slot, arrays: ReadonlyMap<string, NamedArray>): Float32Array {
  const data = arrays.get(slot.name)?.data
  const size = slot.variable.shape.reduce((product, one) => product * one, 1)
  if (data?.length === size) return data
  const problem = data === undefined ? 'is missing' : `has ${data.length} values`
  throw new GraftError(
    'checkpoint.mismatch',
    `The optimiser state "${slot.name}" ${problem}; [${slot.variable.shape.join(', ')}] was expected. Resume with the recipe that the run was started with.`,
    { name: slot.name },
  )
}

function markRows(flags: Int32Array, data: Float32Array): void {
  const cols = data.length / flags.length
  for (let row = 0; row < flags.length; row++)
    if (data.subarray(row * cols, (row + 1) * cols).some((value) => value !== 0)) flags[row] = 1
}

function zeros(shape: readonly number[]): Variable {
  const variable = new Variable(shape)
  const size = shape.reduce((product, one) => product * one, 1)
  writeVariable(variable, new Float32Array(size))
  return variable
}

function readVariable(variable: Variable): Float32Array {
  const value = variable.value()
  const data = readFloats(value)
  value.dispose()
  return data
}

/** Writes `data` into a variable, whose memory nothing else shares afterwards. */
function writeVariable(variable: Variable, data: Float32Array): void {
  const value = tensor(data, variable.shape)
  variable.assign(value)
  value.dispose()
  ownMemory(variable)
}

/** Gives a variable memory that no other tensor shares: the native kernels write through it. */
export function ownMemory(variable: Variable): void {
  const shared = variable.value()
  const own = execute1('DeepCopy', [attribute.dtype('T', variable.dtype)], [shared])
  shared.dispose()
  variable.assign(own)
  own.dispose()
}
