import { activation } from '../kernels/activation'
import { attention, attentionOf } from '../kernels/attention'
import type { DropoutSource } from '../kernels/dropout'
import { dropoutAt } from '../kernels/dropout'
import { embedding } from '../kernels/embedding'
import { gatherRows } from '../kernels/gather'
import { linear } from '../kernels/linear'
import type { Stream } from '../kernels/norm'
import type { Probe } from '../kernels/probe'
import { probe } from '../kernels/probe'
import { residualNorm } from '../kernels/norm'
import type { Layout } from '../layout'
import type { Tape, Value } from '../tape'
import type { Weights } from '../weights'
import type { EncoderConfig } from './config'
import { streamOf } from './frozen'
import type { EncoderNames, LayerNames } from './names'
import { biasOf, weightOf } from './names'

/** What a forward pass needs besides the batch. */
export interface Forward {
  readonly tape: Tape
  readonly weights: Weights
  readonly config: EncoderConfig
  readonly names: EncoderNames
  /** undefined: no dropout (evaluation). */
  readonly dropout: DropoutSource | undefined
  /** Layers from here on are trained; those before run without dropout and gradients. */
  readonly firstTrained: number
  /** What `tokenBytes` gave for the output of the frozen layers on this batch. */
  readonly frozen?: Uint8Array | undefined
  /** For attributions: on the vectors of the tokens before the first layer. */
  readonly probe?: Probe | undefined
}

/** Dropout sites of a layer, and those before the first layer. */
const sitesOfLayer = 4

/**
 * The encoder: tokens of a layout to vectors [n, hidden], in float32 and in the products' type.
 *
 *     embeddings        e = dropout(norm(word + position + type))
 *     attention block   x = norm(x + dropout(attention(x) Woᵀ + bo))
 *     feed-forward      x = norm(x + dropout(act(x W1ᵀ + b1) W2ᵀ + b2))
 *
 * With `outputs`, only those token rows are wanted, in ascending order: the last layer is computed
 * for them alone, but for keys and values, and the result is [outputs, hidden]. The frozen layers are
 * left out where `forward.frozen` says what comes out of them.
 */
export function backbone(forward: Forward, layout: Layout, outputs?: Int32Array): Stream {
  const { tape, config, weights, frozen } = forward
  const end = config.layers
  if (frozen === undefined) {
    const start = probed(forward, embeddings(forward, layout))
    return through(forward, layout, start, { first: 0, end, outputs })
  }
  const start = streamOf(tape, frozen, layout, config.hidden, weights.copies)
  return through(forward, layout, start, { first: forward.firstTrained, end, outputs })
}

/** What the embeddings and the layers below the first trained one make of a layout. */
export function frozenPart(forward: Forward, layout: Layout): Stream {
  const end = forward.firstTrained
  return through(forward, layout, embeddings(forward, layout), { first: 0, end })
}

interface Span {
  readonly first: number
  readonly end: number
  readonly outputs?: Int32Array | undefined
}

function through(
  forward: Forward,
  layout: Layout,
  start: Stream,
  { first, end, outputs }: Span,
): Stream {
  let stream = start
  for (let index = first; index < end; index += 1) {
    const input = stream
    const rows = index === forward.config.layers - 1 ? outputs : undefined
    stream = forward.tape.scope(() => layer(forward, layout, index, input, rows))
    forward.tape.letGo(input.wide, input.narrow)
  }
  return stream
}

function embeddings(forward: Forward, layout: Layout): Stream {
  const { tape, weights, config, names } = forward
  const dropout = forward.firstTrained < 0 ? forward.dropout : undefined
  return tape.scope(() =>
    embedding(tape, layout, {
      word: weights.table(names.word, config.paddingId),
      position: weights.table(
        names.position,
        config.positionRule.kind === 'afterPadding' ? config.positionRule.paddingId : undefined,
      ),
      type: names.type === undefined ? undefined : weights.table(names.type),
      gamma: weights.float(weightOf(names.embeddingNorm)),
      beta: weights.float(biasOf(names.embeddingNorm)),
      epsilon: config.epsilon,
      dropout: dropoutAt(dropout, 0, config.dropout.embedding),
      copies: weights.copies,
    }),
  )
}

/** Attributions are computed in float32, where a stream has one form. */
function probed({ tape, probe: wanted }: Forward, stream: Stream): Stream {
  if (wanted === undefined) return stream
  const moved = probe(tape, stream.wide, wanted)
  return { wide: moved, narrow: moved }
}

function layer(
  forward: Forward,
  layout: Layout,
  index: number,
  input: Stream,
  outputs: Int32Array | undefined,
): Stream {
  const { tape } = forward
  const names = forward.names.layer(index)
  const source = index < forward.firstTrained ? undefined : forward.dropout
  const site = sitesOfLayer * (index + 1)
  const attended = tape.scope(() =>
    attentionBlock(forward, layout, names, input, outputs, { source, site }),
  )
  return feedForward(forward, names, attended, source, site)
}

interface Site {
  readonly source: DropoutSource | undefined
  readonly site: number
}

function attentionBlock(
  forward: Forward,
  layout: Layout,
  names: LayerNames,
  input: Stream,
  outputs: Int32Array | undefined,
  place: Site,
): Stream {
  const { tape, weights, config } = forward
  const { source, site } = place
  const context = attended(forward, layout, names, input.narrow, outputs, place)
  return residualNorm(tape, {
    branch: linear(tape, context, weights.matrix(weightOf(names.projection))),
    bias: weights.float(biasOf(names.projection)),
    residual: outputs === undefined ? input.wide : gatherRows(tape, input.wide, outputs),
    gamma: weights.float(weightOf(names.attentionNorm)),
    beta: weights.float(biasOf(names.attentionNorm)),
    epsilon: config.epsilon,
    dropout: dropoutAt(source, site + 1, config.dropout.projection),
    copies: weights.copies,
  })
}

/** Self-attention of x [n, hidden], of the rows `outputs` alone where they are given. */
function attended(
  { tape, weights, config }: Forward,
  layout: Layout,
  { query, key, value }: LayerNames,
  x: Value,
  outputs: Int32Array | undefined,
  { source, site }: Site,
): Value {
  const joined = (names: readonly string[]): Value =>
    linear(
      tape,
      x,
      weights.joinedMatrix(names.map(weightOf)),
      weights.joinedFloat(names.map(biasOf)),
    )
  const dropout = dropoutAt(source, site, config.dropout.attention)
  if (outputs !== undefined && layout.kind === 'packed') {
    const read = gatherRows(tape, x, outputs) // [outputs, hidden]
    const q = linear(tape, read, weights.matrix(weightOf(query)), weights.float(biasOf(query)))
    const kv = joined([key, value]) // [n, 2 hidden]
    return attentionOf(tape, { q, kv, places: outputs }, layout, config.heads, dropout)
  }
  const qkv = joined([query, key, value]) // [n, 3 hidden]
  const whole = attention(tape, qkv, layout, config.heads, dropout) // [n, hidden]
  return outputs === undefined ? whole : gatherRows(tape, whole, outputs)
}

function feedForward(
  { tape, weights, config }: Forward,
  names: LayerNames,
  input: Stream,
  source: DropoutSource | undefined,
  site: number,
): Stream {
  const expanded = linear(tape, input.narrow, weights.matrix(weightOf(names.expansion)))
  const bias = weights.float(biasOf(names.expansion))
  const active = activation(tape, config.activation, expanded, bias) // [n, intermediate]
  return residualNorm(tape, {
    branch: linear(tape, active, weights.matrix(weightOf(names.contraction))),
    bias: weights.float(biasOf(names.contraction)),
    residual: input.wide,
    gamma: weights.float(weightOf(names.outputNorm)),
    beta: weights.float(biasOf(names.outputNorm)),
    epsilon: config.epsilon,
    dropout: dropoutAt(source, site + 2, config.dropout.feedForward),
    copies: weights.copies,
  })
}
