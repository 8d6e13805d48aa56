import { GraftError } from '@shared/errors'
import type { LossOptions } from './kernels/loss'
import {
  binaryCrossEntropy,
  crossEntropy,
  meanSquaredError,
  smoothed,
  softCrossEntropy,
} from './kernels/loss'
import type { Tape, Value } from './tape'

/** What a batch should be answered with; one entry a row unless said otherwise. */
export type Targets =
  | { readonly kind: 'classes'; readonly values: Int32Array }
  /** Distributions over classes, [rows, classes]. */
  | { readonly kind: 'soft'; readonly values: Float32Array; readonly classes: number }
  /** [rows, classes], each 0 to 1. */
  | { readonly kind: 'multi-label'; readonly values: Float32Array; readonly classes: number }
  | { readonly kind: 'regression'; readonly values: Float32Array }
  /** Token ids, [rows, length]; -100: not asked. */
  | { readonly kind: 'tokens'; readonly values: Int32Array }

export const ignoredToken = -100

export interface LossChoice extends LossOptions {
  /** Share of every class's target that is spread evenly over all classes. */
  readonly labelSmoothing?: number | undefined
}

/** The loss that the kind of target asks for; logits [rows, outputs]. Throws input.invalid. */
export function lossOf(tape: Tape, logits: Value, targets: Targets, choice: LossChoice): Value {
  const [rows = 0, outputs = 0] = logits.shape
  check(targets, rows, outputs)
  const smoothing = choice.labelSmoothing ?? 0
  switch (targets.kind) {
    case 'classes':
    case 'tokens':
      return smoothing === 0
        ? crossEntropy(tape, logits, targets.values, choice)
        : softCrossEntropy(tape, logits, smoothed(targets.values, outputs, smoothing), choice)
    case 'soft':
      return softCrossEntropy(tape, logits, targets.values, choice)
    case 'multi-label':
      return binaryCrossEntropy(tape, logits, targets.values, choice)
    case 'regression':
      return meanSquaredError(tape, logits, targets.values, choice)
  }
}

function check(targets: Targets, rows: number, outputs: number): void {
  const single = targets.kind === 'classes' || targets.kind === 'tokens'
  const size = single ? rows : rows * outputs
  if (targets.values.length !== size) {
    throw new GraftError(
      'input.invalid',
      `${rows} rows of ${outputs} outputs need ${size} ${targets.kind} targets; there are ${targets.values.length}.`,
    )
  }
  if (!single) return
  const wrong = targets.values.find((value) => value < 0 || value >= outputs)
  if (wrong === undefined) return
  throw new GraftError('input.invalid', `Class ${wrong} is not among the ${outputs} outputs.`)
}
