/**
 * Optimiser steps and the global norm in one op for many tensors; see native.ts for conventions.
 *
 * The updates write through the memory of the tensors they are given. Give them handles of
 * variables that nothing else shares (`Variable.value()` of an owned variable), and dispose of
 * those handles afterwards.
 */
import type { Tensor } from '../tf'
import { attribute, execute, tensor } from '../tf'
import { at } from './native'

export type Rule = 'adam' | 'sgd' | 'lion'

const ruleKinds: Readonly<Record<Rule, number>> = { adam: 0, sgd: 1, lion: 2 }

/** Numbers of one step, the same for all tensors. */
export interface StepRates {
  readonly rule: Rule
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** 1 - beta1^t and 1 - beta2^t of Adam; 1 elsewhere. */
  readonly correction1: number
  readonly correction2: number
  /** Decay shrinks the weight (AdamW) instead of joining the gradient (L2). */
  readonly decoupled: boolean
  readonly nesterov: boolean
}

export interface Update {
  readonly weight: Tensor
  readonly first: Tensor | undefined
  readonly second: Tensor | undefined
  readonly gradient: Tensor
  readonly decay: number
  /** On the learning rate. */
  readonly factor: number
  /** bfloat16 copy of the weights to keep in step. */
  readonly shadow?: Tensor | undefined
}

const present = (tensors: readonly (Tensor | undefined)[]): Tensor[] =>
  tensors.filter((one) => one !== undefined)

const ratesOf = (step: StepRates): Tensor =>
  tensor(
    Float32Array.of(
      ...[step.learningRate, step.beta1, step.beta2, step.epsilon],
      ...[step.correction1, Math.sqrt(step.correction2)],
    ),
    [6],
  )

/**
 * One step of every tensor in place. `scale` (float32, one number) multiplies every gradient:
 * clipping costs no pass of its own. All updates must have the same optional parts, and gradients
 * of one element type (float32 or bfloat16).
 */
export function update(step: StepRates, updates: readonly Update[], scale: Tensor): void {
  const [one] = updates
  if (one === undefined) return
  const first = present(updates.map((each) => each.first))
  const second = present(updates.map((each) => each.second))
  const shadows = present(updates.map((each) => each.shadow))
  const numbers = [
    ratesOf(step),
    tensor(
      Float32Array.from(updates, (each) => each.decay),
      [updates.length],
    ),
    tensor(
      Float32Array.from(updates, (each) => each.factor),
      [updates.length],
    ),
  ]
  execute(
    'GraftUpdate',
    [
      attribute.int('N', updates.length),
      attribute.int('F', first.length),
      attribute.int('S', second.length),
      attribute.int('M', shadows.length),
      attribute.dtype('G', one.gradient.dtype),
      attribute.int('rule', ruleKinds[step.rule]),
      attribute.bool('decoupled', step.decoupled),
      attribute.bool('nesterov', step.nesterov),
    ],
    [
      ...updates.map((each) => each.weight),
      ...[...first, ...second],
      ...updates.map((each) => each.gradient),
      ...[...shadows, ...numbers, scale],
    ],
    0,
  )
  for (const number of numbers) number.dispose()
}

/**
 * The dense step of a table [R, C] of which only the rows `ids` (int32 [U], ascending, unique) have
 * a gradient, `gradient` [U, C]: exactly what `update` does with zeros elsewhere, but rows that
 * never had a gradient are not touched unless they decay. `touched` int32 [R] remembers them.
 */
export function updateRows(
  step: StepRates,
  one: Update,
  ids: Tensor,
  touched: Tensor,
  scale: Tensor,
): void {
  const lists = [present([one.first]), present([one.second]), present([one.shadow])] as const
  const numbers = [
    ratesOf(step),
    tensor(Float32Array.of(one.decay), [1]),
    tensor(Float32Array.of(one.factor), [1]),
  ]
  execute(
    'GraftUpdateRows',
    [
      attribute.int('F', lists[0].length),
      attribute.int('S', lists[1].length),
      attribute.int('M', lists[2].length),
      attribute.int('rule', ruleKinds[step.rule]),
      attribute.bool('decoupled', step.decoupled),
      attribute.bool('nesterov', step.nesterov),
    ],
    [one.weight, ...lists.flat(), touched, ids, one.gradient, ...numbers, scale],
    0,
  )
  for (const number of numbers) number.dispose()
}

/**
 * Norm of all elements of all tensors (one element type) together, and the factor that limits it:
 * min(1, limit / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_. Without a limit it is 1.
 */
export function globalNorm(
  tensors: readonly [Tensor, ...Tensor[]],
  limit: number | null,
): { readonly norm: Tensor; readonly scale: Tensor } {
  const most = tensor(Float32Array.of(limit ?? 0), [])
  const outputs = execute(
    'GraftGlobalNorm',
    [attribute.int('N', tensors.length), attribute.dtype('T', tensors[0].dtype)],
    [...tensors, most],
    2,
  )
  most.dispose()
  return { norm: at(outputs, 0), scale: at(outputs, 1) }
}
