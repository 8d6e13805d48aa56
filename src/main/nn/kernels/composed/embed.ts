import * as ops from '../../ops'
import type { Tensor } from '../../tf'
import type { EmbedInputs, EmbedOptions, EmbedResult } from '../native-embed'
import { dropout } from './dropout'
import { normalise, scaleAndShift, throughNorm, together } from './norm'
import { columnSum } from './rows'

const { consume } = ops

/** dropout(norm(word[ids] + position[ids] + kind[ids]) · gamma + beta), as the fused kernel. */
export function embed(inputs: EmbedInputs, beta: Tensor, options: EmbedOptions): EmbedResult {
  const { epsilon, copyAs } = options
  const total = looked(inputs)
  const center = ops.mean(total, [1], true)
  const deviation = ops.squaredDifference(total, center)
  const variance = ops.mean(deviation, [1], true)
  const guarded = ops.addNumber(variance, epsilon)
  const inverse = ops.rsqrt(guarded)
  const full = scaleAndShift(normalise(total, center, inverse), inputs.gamma, beta)
  const wide = dropped(full, inputs)
  const rows = [total.shape[0] ?? 0]
  const result = {
    y: wide.retain(),
    copy: copyAs === undefined ? undefined : ops.castTo(wide, copyAs),
    mean: ops.reshape(center, rows),
    rstd: ops.reshape(inverse, rows),
  }
  for (const part of [total, center, deviation, variance, guarded, inverse, full]) part.dispose()
  wide.dispose()
  return result
}

/** Gradient of `embed`: of the row that each table contributed, and of gamma and beta. */
export function embedGrad(
  inputs: EmbedInputs,
  saved: Pick<EmbedResult, 'mean' | 'rstd'>,
  dy: Tensor,
  dcopy?: Tensor,
): { readonly drows: Tensor; readonly dgamma: Tensor; readonly dbeta: Tensor } {
  const outer = together(dy, dcopy)
  const incoming = dropped(outer, inputs)
  const total = looked(inputs)
  const column = [total.shape[0] ?? 0, 1]
  const center = ops.reshape(saved.mean, column)
  const inverse = ops.reshape(saved.rstd, column)
  const normal = normalise(total, center, inverse)
  const weighted = ops.multiply(incoming, normal)
  const gradient = {
    drows: throughNorm(incoming, normal, inverse, inputs.gamma),
    dgamma: columnSum(weighted),
    dbeta: columnSum(incoming),
  }
  for (const part of [outer, incoming, total, center, inverse, normal, weighted]) part.dispose()
  return gradient
}

const dropped = (x: Tensor, inputs: EmbedInputs): Tensor =>
  inputs.dropout === undefined ? x.retain() : dropout(x, inputs.dropout)

function looked({ word, position, kind }: EmbedInputs): Tensor {
  let total = ops.gather(word.table, word.ids)
  for (const lookup of [position, kind]) {
    if (lookup === undefined) continue
    const rows = ops.gather(lookup.table, lookup.ids)
    total = consume(ops.add(total, rows), total, rows)
  }
  return total
}
