/**
 * Graftbench's own fused CPU kernels (native/*.cc, linked into the binding at set-up), one typed
 * function an op. The composed kernels are their reference, their fallback and the GPU's path.
 *
 * Activations are float32 or bfloat16; biases, norms, tables and all sums over rows are float32.
 * Inputs stay the caller's, results are the caller's. An output that is not asked for has no
 * elements. All results are the same for any number of threads.
 */
import * as ops from '../ops'
import type { Attribute, Tensor } from '../tf'
import { attribute, device, execute, execute1, ints, read, tensor } from '../tf'

export type Activation = 'gelu' | 'geluTanh' | 'relu' | 'identity'

const activationKinds: Readonly<Record<Activation, number>> = {
  gelu: 0,
  geluTanh: 1,
  relu: 2,
  identity: 3,
}

/** Instruction sets in ascending order; every one includes those before it. */
export const levels = ['generic', 'avx2', 'avx512', 'avx512bf16'] as const
export type Level = (typeof levels)[number]

export interface Processor {
  /** What the kernels use now, and the most that this processor offers. */
  readonly level: Level
  readonly best: Level
  readonly threads: number
  /** Whether matrix products in bfloat16 are computed by instructions of their own. */
  readonly bfloat16: boolean
}

let available: boolean | undefined
let levelInUse: Level | undefined

/** Whether the kernels are linked in and TensorFlow computes on the CPU. Asked once. */
export function nativeAvailable(): boolean {
  available ??= device().kind === 'cpu' && probe()
  return available
}

function probe(): boolean {
  try {
    processor()
    return true
  } catch (error) {
    if (String(error).includes('GraftProcessor')) return false
    throw error
  }
}

/** What the processor can do; with `select`, first switches the kernels to that level. */
export function processor(select?: Level): Processor {
  const wanted = tensor(Int32Array.of(select === undefined ? -1 : levels.indexOf(select)), [])
  const state = execute1('GraftProcessor', [], [wanted])
  const [level, best, threads, bfloat16] = read(state)
  wanted.dispose()
  state.dispose()
  const current = levels[level ?? 0] ?? 'generic'
  levelInUse = current
  return {
    level: current,
    best: levels[best ?? 0] ?? 'generic',
    threads: threads ?? 1,
    bfloat16: bfloat16 === 1,
  }
}

interface Empties {
  readonly float32: Tensor
  readonly bfloat16: Tensor
  readonly int32: Tensor
}

let empties: Empties | undefined

/** Stand-ins for inputs that are left out; they live as long as the process. */
export function absent(): Empties {
  if (empties === undefined) {
    const float32 = tensor(new Float32Array(0), [0])
    empties = { float32, bfloat16: cast(float32), int32: ints() }
  }
  return empties
}

const type = (name: string, like: Tensor): Attribute => attribute.dtype(name, like.dtype)

/** An empty tensor stands for an output that was not asked for. */
export function unlessEmpty(output: Tensor | undefined): Tensor | undefined {
  if (output === undefined || output.size > 0) return output
  output.dispose()
  return undefined
}

/** The output of an op at `index`. Throws RangeError where the op gave fewer. */
export function at(outputs: readonly Tensor[], index: number): Tensor {
  const output = outputs[index]
  if (output === undefined) throw new RangeError(`The op has no output ${index}.`)
  return output
}

/**
 * Where a dropout mask comes from: int32 [4]. The mask of an element depends on these numbers, its
 * row and its column alone, so that the backward pass computes it again and nothing is stored.
 */
export function dropoutKey(seed: number, step: number, layer: number): Tensor {
  return ints(seed | 0, Math.floor(seed / 2 ** 32) | 0, step | 0, layer | 0)
}

export interface Dropout {
  readonly rate: number
  readonly key: Tensor
}

const rateOf = (dropout: Dropout | undefined): Attribute =>
  attribute.float('rate', dropout?.rate ?? 0)
const keyOf = (dropout: Dropout | undefined): Tensor => dropout?.key ?? absent().int32

/** x [.., C] with elements dropped; the gradient is the same function of dy. */
export function dropout(x: Tensor, options: Dropout): Tensor {
  return execute1('GraftDropout', [type('T', x), rateOf(options)], [x, options.key])
}

/** act(x + bias): x [.., C], bias [C]. GELU is exact (erf) or the tanh approximation. */
export function biasActivation(kind: Activation, x: Tensor, bias?: Tensor): Tensor {
  const attributes = [type('T', x), attribute.int('kind', activationKinds[kind])]
  return execute1('GraftActivation', attributes, [x, bias ?? absent().float32])
}

export function biasActivationGrad(
  kind: Activation,
  x: Tensor,
  bias: Tensor | undefined,
  dy: Tensor,
): { readonly dx: Tensor; readonly dbias: Tensor | undefined } {
  const attributes = [type('T', x), attribute.int('kind', activationKinds[kind])]
  const outputs = execute('GraftActivationGrad', attributes, [x, bias ?? absent().float32, dy], 2)
  return { dx: at(outputs, 0), dbias: unlessEmpty(outputs[1]) }
}

/** A side shorter than this is not worth packing. */
const leastSide = 32

/** The smaller side is packed into memory that is kept: 32 MiB at most. */
const mostPacked = 2 ** 23

/**
 * A product of matrices: a [m, k] or its transpose, times b [k, n] or its transpose, in their type.
 * Large ones in float32 are computed by our kernel, with what the processor offers (Goto and van de
 * Geijn 2008); the others by TensorFlow.
 */
export function product(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  levelInUse ??= processor().level
  const sides = [...a.shape, ...b.shape]
  const unfit = sides.some((side) => side < leastSide) || Math.min(a.size, b.size) > mostPacked
  if (unfit || a.dtype !== 'float32' || levelInUse === 'generic') {
    return ops.matMul(a, b, transposeA, transposeB)
  }
  const attributes = [
    attribute.bool('transpose_a', transposeA),
    attribute.bool('transpose_b', transposeB),
  ]
  return execute1('GraftProduct', attributes, [a, b])
}

/** Sum over all rows: x [.., C] to float32 [C]; the gradient of a bias. */
export function columnSum(x: Tensor): Tensor {
  return execute1('GraftColumnSum', [type('T', x)], [x])
}

/** float32 to bfloat16 (to nearest, ties to even) or back. */
export function cast(x: Tensor): Tensor {
  const to = x.dtype === 'bfloat16' ? 'float32' : 'bfloat16'
  return execute1('GraftCast', [type('S', x), attribute.dtype('D', to)], [x])
}

/** Types of matrix products narrower than float32; the fused kernels know bfloat16 alone. */
export type NarrowType = 'bfloat16' | 'half'

export interface NormInputs {
  /** [.., C]; float32 or bfloat16. */
  readonly branch: Tensor
  /** [C]; added to the branch before dropout. */
  readonly bias?: Tensor
  /** Like branch; may be float32 where the branch is bfloat16. y has its type. */
  readonly residual?: Tensor
  readonly gamma: Tensor
  readonly dropout?: Dropout
}

export interface NormResult {
  readonly y: Tensor
  /** y in the narrow type, where asked for. */
  readonly copy: Tensor | undefined
  /** Of every row, [rows]; what the gradient needs besides the inputs. */
  readonly mean: Tensor
  readonly rstd: Tensor
}

/** norm(residual + dropout(branch + bias)) * gamma + beta over the last axis. */
export function residualNorm(
  inputs: NormInputs,
  beta: Tensor,
  epsilon: number,
  copyAs?: NarrowType,
): NormResult {
  const { branch, bias, gamma } = inputs
  const residual = inputs.residual ?? absent().float32
  const outputs = execute(
    'GraftNorm',
    [
      ...[type('T', branch), type('R', residual), rateOf(inputs.dropout)],
      ...[attribute.float('epsilon', epsilon), attribute.bool('with_copy', copyAs !== undefined)],
    ],
    [branch, bias ?? absent().float32, residual, gamma, beta, keyOf(inputs.dropout)],
    4,
  )
  return {
    y: at(outputs, 0),
    copy: unlessEmpty(outputs[1]),
    mean: at(outputs, 2),
    rstd: at(outputs, 3),
  }
}

export interface NormGradient {
  readonly dbranch: Tensor
  /** Undefined without a residual, and where it equals dbranch (no dropout, one type). */
  readonly dresidual: Tensor | undefined
  readonly dgamma: Tensor
  readonly dbeta: Tensor
  readonly dbias: Tensor | undefined
}

/** Gradient of `residualNorm`; `dcopy` (float32 or bfloat16) is added to dy on the way in. */
export function residualNormGrad(
  inputs: NormInputs,
  saved: Pick<NormResult, 'mean' | 'rstd'>,
  dy: Tensor,
  dcopy?: Tensor,
): NormGradient {
  const { branch, bias, gamma } = inputs
  const residual = inputs.residual ?? absent().float32
  const second = dcopy ?? absent().float32
  const outputs = execute(
    'GraftNormGrad',
    [type('T', branch), type('R', residual), type('D', second), rateOf(inputs.dropout)],
    [
      ...[dy, second, branch, bias ?? absent().float32, residual, gamma],
      ...[saved.mean, saved.rstd, keyOf(inputs.dropout)],
    ],
    5,
  )
  return {
    dbranch: at(outputs, 0),
    dresidual: unlessEmpty(outputs[1]),
    dgamma: at(outputs, 2),
    dbeta: at(outputs, 3),
    dbias: unlessEmpty(outputs[4]),
  }
}

export interface AttentionInputs {
  /**
   * [rows, H] each; or only q, [rows, 3H], with q, k and v side by side; or q [places, H] and k
   * [rows, 2H] with k and v side by side.
   */
  readonly q: Tensor
  readonly k?: Tensor
  readonly v?: Tensor
  /** int32 [places], ascending: rows of k that q has the queries of. */
  readonly places?: Tensor
  /** int32 [S, 2]: first row and length of every sequence; they must not overlap. */
  readonly segments: Tensor
  readonly heads: number
  /** A row sees no later row of its sequence. */
  readonly causal?: boolean
  /** On the attention weights. */
  readonly dropout?: Dropout
}

const attentionAttributes = (inputs: AttentionInputs): Attribute[] => [
  type('T', inputs.q),
  attribute.int('heads', inputs.heads),
  attribute.bool('causal', inputs.causal ?? false),
  rateOf(inputs.dropout),
]

/** k and v, or tensors without elements of q's type. */
function keysAndValues({ q, k, v }: AttentionInputs): readonly [Tensor, Tensor] {
  const none = q.dtype === 'bfloat16' ? absent().bfloat16 : absent().float32
  return [k ?? none, v ?? none]
}

/**
 * Scaled dot-product attention within each sequence: for each row of q its context [H] and, for the
 * gradient, logsumexp [heads]. Rows outside every sequence (padding) get zeros, also in the gradient.
 */
export function attention(inputs: AttentionInputs): {
  readonly context: Tensor
  readonly logsumexp: Tensor
} {
  const operands = [
    ...[inputs.q, ...keysAndValues(inputs)],
    ...[inputs.segments, inputs.places ?? absent().int32, keyOf(inputs.dropout)],
  ]
  const outputs = execute('GraftAttention', attentionAttributes(inputs), operands, 2)
  return { context: at(outputs, 0), logsumexp: at(outputs, 1) }
}

/** dq, dk and dv, side by side as the inputs are. */
export function attentionGrad(
  inputs: AttentionInputs,
  logsumexp: Tensor,
  dcontext: Tensor,
): { readonly dq: Tensor; readonly dk: Tensor | undefined; readonly dv: Tensor | undefined } {
  const operands = [
    ...[dcontext, inputs.q, ...keysAndValues(inputs)],
    ...[logsumexp, inputs.segments, inputs.places ?? absent().int32, keyOf(inputs.dropout)],
  ]
  const outputs = execute('GraftAttentionGrad', attentionAttributes(inputs), operands, 3)
  return { dq: at(outputs, 0), dk: unlessEmpty(outputs[1]), dv: unlessEmpty(outputs[2]) }
}
