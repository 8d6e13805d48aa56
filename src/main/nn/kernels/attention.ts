import type { Tape, Value } from '../tape'
import { total } from '../tape'
import type { Layout } from '../layout'
import { paddedAttention, paddedAttentionGrad } from './composed/attention'
import { tensor } from '../tf'
import type { Dropout } from './native'
import * as native from './native'

/**
 * Self-attention within each sequence (Vaswani et al. 2017, equation 1): qkv [n, 3H], query, key and
 * value side by side, to context [n, H]. Dropout on the attention weights; its key is taken over.
 * Packed sequences go through the fused kernel, which writes no scores; padded ones are composed.
 */
export function attention(
  tape: Tape,
  qkv: Value,
  layout: Layout,
  heads: number,
  dropout: Dropout | undefined,
): Value {
  return layout.kind === 'packed'
    ? packed(tape, qkv, layout, heads, dropout)
    : padded(tape, qkv, layout, heads, dropout)
}

function packed(
  tape: Tape,
  qkv: Value,
  layout: Layout,
  heads: number,
  dropout: Dropout | undefined,
): Value {
  const inputs: native.AttentionInputs = {
    q: qkv.tensor,
    segments: layout.segments,
    heads,
    ...(dropout === undefined ? {} : { dropout }),
  }
  const { context, logsumexp } = native.attention(inputs)
  return tape.record1({
    inputs: [qkv],
    outputs: [context],
    saved: [qkv],
    kept: [logsumexp, dropout?.key],
    backward: ([parts]) => {
      const dcontext = total(parts)
      qkv.receive(native.attentionGrad(inputs, logsumexp, dcontext).dq)
      dcontext.dispose()
    },
  })
}

/**
 * The same of some token rows alone, `places`, ascending: their queries q [places, H], key and value
 * of all tokens side by side, kv [n, 2H], to context [places, H]. Dropout is theirs among all rows.
 */
export function attentionOf(
  tape: Tape,
  { q, kv, places }: { readonly q: Value; readonly kv: Value; readonly places: Int32Array },
  layout: Layout & { readonly kind: 'packed' },
  heads: number,
  dropout: Dropout | undefined,
): Value {
  const rows = tensor(places.slice(), [places.length])
  const inputs: native.AttentionInputs = {
    ...{ q: q.tensor, k: kv.tensor, places: rows },
    ...{ segments: layout.segments, heads },
    ...(dropout === undefined ? {} : { dropout }),
  }
  const { context, logsumexp } = native.attention(inputs)
  return tape.record1({
    inputs: [q, kv],
    outputs: [context],
    saved: [q, kv],
    kept: [rows, logsumexp, dropout?.key],
    backward: ([parts]) => {
      const dcontext = total(parts)
      const { dq, dk } = native.attentionGrad(inputs, logsumexp, dcontext)
      q.receive(dq)
      if (dk !== undefined) kv.receive(dk)
      dcontext.dispose()
    },
  })
}

function padded(
  tape: Tape,
  qkv: Value,
  layout: Layout & { readonly kind: 'padded' },
  heads: number,
  dropout: Dropout | undefined,
): Value {
  const { rows, length, mask } = layout
  const inputs = { qkv: qkv.tensor, rows, length, heads, mask, dropout }
  const { context, weights } = paddedAttention(inputs)
  return tape.record1({
    inputs: [qkv],
    outputs: [context],
    saved: [qkv],
    kept: [weights, dropout?.key],
    backward: ([parts]) => {
      const dcontext = total(parts)
      qkv.receive(paddedAttentionGrad(inputs, weights, dcontext))
      dcontext.dispose()
    },
  })
}
