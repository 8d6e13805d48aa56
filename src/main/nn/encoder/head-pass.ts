import { activation, tanh } from '../kernels/activation'
import { dropout, dropoutAt } from '../kernels/dropout'
import { linear } from '../kernels/linear'
import type { Stream } from '../kernels/norm'
import { residualNorm } from '../kernels/norm'
import type { Value } from '../tape'
import type { Forward } from './backbone'
import type { LanguageHead, Stage } from './heads'
import { biasOf, weightOf } from './names'

/** Dropout sites of the head: behind those of any layer. */
const headSites = 0x8000

/** Stages `from` to `to` on pooled vectors [rows, hidden], in float32. */
export function sequenceHead(
  forward: Forward,
  stages: readonly Stage[],
  pooled: Value,
  from = 0,
  to = stages.length,
): Value {
  return stages
    .slice(from, to)
    .reduce((x, stage, index) => stageOf(forward, stage, x, headSites + from + index), pooled)
}

function stageOf(forward: Forward, stage: Stage, x: Value, site: number): Value {
  const { tape, weights, config } = forward
  if (stage.kind === 'dropout') {
    return dropout(tape, x, dropoutAt(forward.dropout, site, config.dropout.head))
  }
  const weight = weights.float(weightOf(stage.name))
  const bias = weights.float(biasOf(stage.name))
  const product = linear(tape, x, weight, bias)
  switch (stage.activation) {
    case 'none':
      return product
    case 'tanh':
      return tanh(tape, product)
    case 'relu':
      return activation(tape, 'relu', product)
  }
}

/** Tokens [n, hidden] to logits [n, vocabulary], of the products' type. */
export function languageHead(forward: Forward, head: LanguageHead, tokens: Stream): Value {
  const { tape, weights, names, config } = forward
  return tape.scope(() => {
    const product = linear(tape, tokens.narrow, weights.matrix(weightOf(head.dense)))
    const active = activation(tape, head.activation, product, weights.float(biasOf(head.dense)))
    const normal = residualNorm(tape, {
      branch: active,
      gamma: weights.float(weightOf(head.norm)),
      beta: weights.float(biasOf(head.norm)),
      epsilon: head.epsilon,
      copies: weights.copies,
    })
    const matrix = weights.matrix(config.tied ? names.word : head.decoder)
    return linear(tape, normal.narrow, matrix, weights.float(head.bias))
  })
}
