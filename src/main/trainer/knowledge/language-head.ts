import type { TokenizedRows } from '../../data/tokenized'
import { biasOf, weightOf } from '../../nn/encoder/names'
import type { ModelPlan } from '../../nn/plan'
import type { NamedArray, Session } from '../../nn/session'

/**
 * Moves GELU and ReLU to where they are nearly the identity; the norm behind takes it away again.
 */
const shift = 4

/**
 * Gain of the norm: what the vectors of a sentence encoder say of words is worth less than the words'
 * frequencies. Of 0, 0.1, …, 2 on film reviews, 0.3 had the least loss with all-MiniLM-L6-v2.
 */
const gain = 0.3

/** Whether the checkpoint had no language head, so that the session drew one. */
export const startsAnew = ({ head }: ModelPlan, session: Session): boolean =>
  head.kind === 'language' && session.summary.fresh.includes(weightOf(head.head.dense))

/**
 * The start of a language head that the checkpoint lacks. The dense layer is the identity with a
 * bias that keeps its activation in the linear part, so that the head is, up to the norm, the
 * product of the token vectors with the word embeddings, at a small gain; the bias of a token is the logarithm of its
 * share of `rows` (add-one smoothing), so that the model starts from the tokens' frequencies.
 */
export function freshHead({ config, head }: ModelPlan, rows: TokenizedRows): readonly NamedArray[] {
  if (head.kind !== 'language') return []
  const { hidden, vocabulary } = config
  const identity = new Float32Array(hidden * hidden)
  for (let at = 0; at < hidden; at += 1) identity[at * hidden + at] = 1
  const counts = new Float64Array(vocabulary).fill(1)
  for (const id of rows.ids) counts[id] = (counts[id] ?? 1) + 1
  const total = vocabulary + rows.ids.length
  return [
    { name: weightOf(head.head.dense), shape: [hidden, hidden], data: identity },
    {
      ...{ name: biasOf(head.head.dense), shape: [hidden] },
      data: new Float32Array(hidden).fill(shift),
    },
    {
      ...{ name: weightOf(head.head.norm), shape: [hidden] },
      data: new Float32Array(hidden).fill(gain),
    },
    {
      ...{ name: head.head.bias, shape: [vocabulary] },
      data: Float32Array.from(counts, (count) => Math.log(count / total)),
    },
  ]
}
