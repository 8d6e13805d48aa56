/**
 * Prices of attributions and their gradients. The attribution of a token is the gradient of the
 * answers' measure S by its vector x before the first layer (Ross et al. 2017, equation 1,
 * where x is the input). That vector has been normalised: a gradient by the word embedding itself
 * would fall by the embedding's growing longer, whatever the token goes on to decide. It may be asked
 * for at another place than x, which then is a constant away from it. A price Q is any function of
 * attributions. Its gradient by a parameter θ holds a second derivative,
 *
 *     dQ/dθ = Σ v · ∂²S/∂x∂θ,  v = ∂Q/∂(∂S/∂x),
 *
 * which is the derivative of ∂S/∂θ along v. It is taken as the central difference
 *
 *     [∂S/∂θ (x + ε v) − ∂S/∂θ (x − ε v)] / 2ε
 *
 * (Pearlmutter 1994, section 1): three passes forward and back, an error of order ε², and no kernel
 * needs a second derivative of its own. ε is a row's own: the token that moves most moves by a
 * hundredth of the mean length of the row's vectors.
 */
import type { LogitTerm } from '../kernels/loss'
import { logitTerm } from '../kernels/loss'
import type { Probe } from '../kernels/probe'
import type { Layout } from '../layout'
import { Tape } from '../tape'
import type { Value } from '../tape'
import { scalar } from '../tf'

export interface AttributionTerm {
  /** S, a sum over rows with weights, such as that of log-probabilities or log-odds. */
  readonly answers: (weights: Float32Array) => LogitTerm
  /** Where attributions are asked for, as an offset to x [tokens, hidden]; undefined: at x. */
  readonly start?: (x: Float32Array, tokens: TokenPlaces) => Float32Array
  /** Q and v for attributions [tokens, hidden]. */
  readonly price: (
    attribution: Float32Array,
    tokens: TokenPlaces,
  ) => {
    readonly loss: number
    readonly gradient: Float32Array
  }
}

/** Of each token row: its cell of the batch, -1 for one that is not a token's, and its row. */
export interface TokenPlaces {
  readonly cells: Int32Array
  readonly owners: Int32Array
  readonly width: number
  /** Mean length of the tokens' vectors x. */
  readonly length: number
}

/** The logits of a batch; `trained`: whether parameters get gradients. */
export type ProbedModel = (tape: Tape, probe: Probe, trained: boolean) => Value

const relativeStep = 0.01

/** Adds `scale` × dQ/dθ to the parameters' gradients; returns Q. */
export function accumulatePrice(
  model: ProbedModel,
  layout: Layout,
  term: AttributionTerm,
  scale: number,
): number {
  const { x, start, attribution, places } = attributionOf(model, layout, term)
  const { loss, gradient: v } = term.price(attribution, places)
  const steps = stepsOf(v, x, layout)
  if (scale === 0 || steps.every((step) => step === 0)) return loss
  for (const sign of [1, -1]) {
    const moved = start.map((one, at) => {
      const row = layout.owners[Math.floor(at / places.width)] ?? layout.rows
      return one + sign * (steps[row] ?? 0) * (v[at] ?? 0)
    })
    const weights = steps.map((step) => (step === 0 ? 0 : (sign * scale) / (2 * step)))
    pass(model, { offset: () => moved }, term.answers(weights), true)
  }
  return loss
}

function attributionOf(model: ProbedModel, layout: Layout, term: AttributionTerm) {
  let x = new Float32Array(0)
  let start = new Float32Array(0)
  let attribution = new Float32Array(0)
  const places = (): TokenPlaces => placesOf(layout, x)
  const look: Probe = {
    offset: (values) => {
      x = values.slice()
      start = term.start?.(x, places()).slice() ?? new Float32Array(x.length)
      return start
    },
    onGradient: (gradient) => {
      attribution = gradient.slice()
    },
  }
  pass(model, look, term.answers(new Float32Array(layout.rows).fill(1)), false)
  return { x, start, attribution, places: places() }
}

function pass(model: ProbedModel, probe: Probe, term: LogitTerm, trained: boolean): void {
  const tape = new Tape('training')
  try {
    const sum = logitTerm(tape, model(tape, probe, trained), term)
    tape.backward(sum, scalar(1))
  } finally {
    tape.dispose()
  }
}

function placesOf(layout: Layout, x: Float32Array): TokenPlaces {
  const cells = new Int32Array(layout.count).fill(-1)
  layout.places.forEach((place, cell) => {
    if (place >= 0 && (layout.owners[place] ?? layout.rows) < layout.rows) cells[place] = cell
  })
  const lengths = rowLengths(x, layout.count).filter((_, token) => (cells[token] ?? -1) >= 0)
  const length = lengths.reduce((sum, one) => sum + one, 0) / lengths.length
  return { cells, owners: layout.owners, width: x.length / layout.count, length }
}

/** Length of each token's vector. */
function rowLengths(values: Float32Array, count: number): Float64Array {
  const width = values.length / count
  const squares = new Float64Array(count)
  values.forEach((value, at) => {
    const row = Math.floor(at / width)
    squares[row] = (squares[row] ?? 0) + value * value
  })
  return squares.map(Math.sqrt)
}

/** ε of each row; 0 where no token of it moves. */
function stepsOf(v: Float32Array, values: Float32Array, layout: Layout): Float32Array {
  const farthest = new Float64Array(layout.rows)
  const sums = new Float64Array(layout.rows)
  const lengths = rowLengths(values, layout.count)
  rowLengths(v, layout.count).forEach((length, token) => {
    const row = layout.owners[token] ?? layout.rows
    if (row >= layout.rows) return
    farthest[row] = Math.max(farthest[row] ?? 0, length)
    sums[row] = (sums[row] ?? 0) + (lengths[token] ?? 0)
  })
  return Float32Array.from(farthest, (most, row) => {
    const mean = (sums[row] ?? 0) / Math.max(1, layout.lengths[row] ?? 1)
    return most === 0 ? 0 : (relativeStep * mean) / most
  })
}
