import type { StepRates } from '../kernels/native-update'
import type { Parameter, Variable } from '../parameters'
import type { Tensor } from '../tf'
import type { Scope } from './scope'

/** A piece of optimiser state that a parameter carries, zero at the start. */
export interface SlotSpec {
  /** As torch names it: exp_avg, exp_avg_sq, momentum_buffer. */
  readonly name: string
  readonly shape: readonly number[]
}

/** The step of one parameter, for the composed form of a rule. */
export interface ComposedStep {
  readonly scope: Scope
  readonly parameter: Parameter
  /** In the order of `slots`. */
  readonly slots: readonly Variable[]
  /** Dense, float32, clipped. Owned by the scope. */
  readonly gradient: Tensor
  readonly learningRate: number
  readonly decay: number
  /** Counted from 1. */
  readonly step: number
}

/** How an optimiser moves a parameter. */
export interface Rule {
  slots(parameter: Parameter): readonly SlotSpec[]
  /** The fused kernel's numbers for a step, where one computes this rule. */
  native?(learningRate: number, step: number): StepRates
  /** The same in TensorFlow's own ops: reference, fallback and the GPU's path. */
  composed(step: ComposedStep): void
}

/** The slot at `index`, which the rule's `slots` promised. */
export function slot(step: ComposedStep, index: number): Variable {
  const found = step.slots[index]
  if (found === undefined) throw new RangeError(`${step.parameter.name} has no slot ${index}.`)
  return found
}
