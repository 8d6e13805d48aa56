import { logitTerm, noLoss, weighedSum } from '../kernels/loss'
import type { StepContext } from '../session'
import type { Tape, Value } from '../tape'
import type { Targets } from '../targets'
import { lossOf } from '../targets'

export interface Losses {
  /** What is told: the loss of the targets, or of the extra term where there are none. */
  readonly loss: Value
  /** What is minimised. */
  readonly whole: Value
}

/** The loss of the targets, and with it that of the extra term. Throws input.invalid. */
export function lossesOf(
  tape: Tape,
  logits: Value,
  targets: Targets | undefined,
  context: StepContext,
): Losses {
  const { extra } = context
  if (targets === undefined) {
    const loss = extra === undefined ? noLoss(tape) : logitTerm(tape, logits, extra.term)
    return { loss, whole: loss }
  }
  const loss = lossOf(tape, logits, targets, context)
  if (extra === undefined) return { loss, whole: loss }
  const parts = [
    { loss, weight: extra.targetWeight },
    { loss: logitTerm(tape, logits, extra.term), weight: 1 },
  ]
  return { loss, whole: weighedSum(tape, parts) }
}
