/**
 * Scores k of a row, from outside the network, that join its pooled vector before the last product:
 *
 *     h' = [h ; σ(b) ⊙ W k],  logits = C h + c + V (σ(b) ⊙ W k)
 *
 * C and c are the head's own last product. V starts at zero, so that the model starts as it would
 * without scores; b starts at zero, a gate half open. W starts with unit variance: its products are
 * then as large as the components of h, and are learned as fast.
 */
import { GraftError } from '@shared/errors'
import { gate, sum } from '../kernels/gate'
import { linear } from '../kernels/linear'
import type { ParameterSpec } from '../plan'
import type { Value } from '../tape'
import { tensor } from '../tf'
import type { Forward } from './backbone'

export interface ScoreFeatures {
  /** Scores of a row. */
  readonly width: number
  /** Whether there is a gate; otherwise W k joins as it is. */
  readonly gate: boolean
}

const projection = 'knowledge.projection.weight'
const gateBias = 'knowledge.gate.bias'
const output = 'knowledge.output.weight'

/** W [hidden, width], b [hidden], V [outputs, hidden]. */
export function scoreSpecs(
  { width, gate: gated }: ScoreFeatures,
  hidden: number,
  outputs: number,
): readonly ParameterSpec[] {
  const place = { kind: 'head' } as const
  const bias: ParameterSpec = { name: gateBias, shape: [hidden], start: 'zeros', place }
  return [
    { name: projection, shape: [hidden, width], start: 'normal', deviation: 1, place },
    ...(gated ? [bias] : []),
    { name: output, shape: [outputs, hidden], start: 'zeros', place },
  ]
}

/** What the weights of a checkpoint say of its scores; undefined: it takes none. */
export function scoreFeaturesOf(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): ScoreFeatures | undefined {
  const width = tensors.get(projection)?.shape[1]
  return width === undefined ? undefined : { width, gate: tensors.has(gateBias) }
}

/**
 * Adds to logits [rows, outputs] what scores [rows, width] say. Throws input.invalid where there are
 * too few or too many.
 */
export function withScores(
  { tape, weights }: Forward,
  { width, gate: gated }: ScoreFeatures,
  logits: Value,
  scores: Float32Array | undefined,
): Value {
  const [rows = 0] = logits.shape
  if (scores?.length !== rows * width) {
    throw new GraftError(
      'input.invalid',
      `The model takes ${width} knowledge scores a row: ${rows} rows need ${rows * width}, not ${scores?.length ?? 'none'}.`,
    )
  }
  const k = tape.constant(tensor(scores.slice(), [rows, width]))
  const projected = linear(tape, k, weights.float(projection)) // [rows, hidden]
  const trusted = gated ? gate(tape, projected, weights.float(gateBias)) : projected
  return sum(tape, logits, linear(tape, trusted, weights.float(output)))
}
