import type { Gradient } from '../gradients'
import { update, updateRows, type StepRates, type Update } from '../kernels/native-update'
import type { Parameter, Variable } from '../parameters'
import type { Tensor } from '../tf'
import { Scope } from './scope'
import type { Slots } from './slots'

/** What one parameter contributes to a step. */
export interface Move {
  readonly parameter: Parameter
  readonly gradient: Gradient
  readonly decay: number
  readonly factor: number
  readonly shadow: Variable | undefined
}

/**
 * One step of all parameters by the fused kernels: dense gradients of one type in one op, each
 * sparse one in an op of its own with exactly the dense result.
 */
export function nativeStep(
  rates: StepRates,
  moves: readonly Move[],
  slots: Slots,
  scale: Tensor,
): void {
  const groups = new Map<string, Move[]>()
  for (const move of moves) {
    if (move.gradient.kind === 'sparse') {
      sparseStep(rates, move, move.gradient, slots, scale)
      continue
    }
    const key = `${move.gradient.value.dtype} ${String(move.shadow !== undefined)}`
    groups.set(key, [...(groups.get(key) ?? []), move])
    slots.forgetTouched(move.parameter)
  }
  for (const group of groups.values()) denseStep(rates, group, slots, scale)
}

function denseStep(rates: StepRates, moves: readonly Move[], slots: Slots, scale: Tensor): void {
  Scope.run((scope) => {
    const updates = moves.flatMap((move) =>
      move.gradient.kind === 'dense' ? [operands(scope, move, move.gradient.value, slots)] : [],
    )
    update(rates, updates, scale)
  })
}

function sparseStep(
  rates: StepRates,
  move: Move,
  gradient: Extract<Gradient, { kind: 'sparse' }>,
  slots: Slots,
  scale: Tensor,
): void {
  Scope.run((scope) => {
    const values = scope.cast(gradient.values, 'float32')
    const one = operands(scope, move, values, slots)
    updateRows(rates, one, gradient.ids, slots.touched(move.parameter), scale)
  })
}

/** Handles on the memory that the kernel writes through. */
function operands(scope: Scope, move: Move, gradient: Tensor, slots: Slots): Update {
  const [first, second] = slots.of(move.parameter)
  return {
    weight: scope.read(move.parameter.variable),
    first: first && scope.read(first),
    second: second && scope.read(second),
    gradient,
    decay: move.decay,
    factor: move.factor,
    shadow: move.shadow && scope.read(move.shadow),
  }
}
