import type { Recipe } from '@shared/domain/recipe'
import { nativeAvailable, processor } from '../nn/kernels/native'
import type { DType, Tensor } from '../nn/tf'
import { attribute, device, dispose, execute1, read, tensor } from '../nn/tf'
import type { Precision } from '../nn/weights'
import type { Reporter } from './reporter'

export type { Precision }

/** How much faster a narrow type must be: below that its rounding buys nothing. */
const worthwhile = 1.15

/** What was found out about a machine; times are those of one matrix product. */
export interface Measured {
  readonly device: 'cpu' | 'gpu'
  /** Whether the processor multiplies bfloat16 by instructions of its own; null: not known. */
  readonly instructions: boolean | null
  readonly float32: number
  readonly bfloat16: number
  /** null: not considered, as on a CPU, where it is never faster. */
  readonly float16: number | null
}

export interface Choice {
  readonly precision: Precision
  readonly reason: string
}

/**
 * The precision of a run's matrix products. `auto` measures one product of the size of a
 * transformer's layer in each and takes a narrow one where that is clearly faster; the choice and
 * its reason are told. So is that a precision which was asked for is not for this processor.
 */
export function choosePrecision(asked: Recipe['precision'], reporter: Reporter): Precision {
  if (asked !== 'auto') {
    const doubt = doubtAbout(asked, { device: device().kind, instructions: instructions() })
    if (doubt !== null) reporter.log('warning', doubt)
    return asked
  }
  const onGpu = device().kind === 'gpu'
  const { precision, reason } = choose({
    device: device().kind,
    instructions: instructions(),
    float32: secondsOfProduct('float32'),
    bfloat16: secondsOfProduct('bfloat16'),
    float16: onGpu ? secondsOfProduct('half') : null,
  })
  reporter.log('info', `Precision ${precision}: ${reason}.`)
  return precision
}

const instructions = (): boolean | null => (nativeAvailable() ? processor().bfloat16 : null)

/** bfloat16 before float16, which needs its gradients scaled; float32 where neither is faster. */
export function choose(found: Measured): Choice {
  const ratio = found.float32 / found.bfloat16
  const half = found.float16 === null ? 0 : found.float32 / found.float16
  if (ratio >= worthwhile) {
    const reason = `matrix products are ${ratio.toFixed(1)} times as fast in bfloat16 on this machine`
    return { precision: 'bfloat16', reason }
  }
  if (half >= worthwhile) {
    const reason = `matrix products are ${half.toFixed(1)} times as fast in float16 on this machine, in bfloat16 only ${ratio.toFixed(2)} times`
    return { precision: 'float16', reason }
  }
  const because = found.instructions === false ? '; the processor has no BF16 instructions' : ''
  const reason = `bfloat16 is not faster on this machine (${ratio.toFixed(2)} times float32${because})`
  return { precision: 'float32', reason }
}

/** What speaks against a precision that was asked for; null: nothing. */
export function doubtAbout(
  asked: Precision,
  found: Pick<Measured, 'device' | 'instructions'>,
): string | null {
  if (found.device === 'gpu') return null
  if (asked === 'float16') {
    return 'Precision float16 is for GPUs: on this processor it is slower than float32.'
  }
  if (asked === 'bfloat16' && found.instructions === false) {
    return 'This processor has no BF16 instructions: bfloat16 saves memory here, but no time.'
  }
  return null
}

/** Least time of a [1024, 512] × [512, 512] product; the first ones only warm up. */
function secondsOfProduct(dtype: 'float32' | 'bfloat16' | 'half'): number {
  const a = matrix(1024, 512, dtype)
  const b = matrix(512, 512, dtype)
  const attributes = [
    attribute.dtype('T', dtype),
    attribute.bool('transpose_a', false),
    attribute.bool('transpose_b', false),
  ]
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) {
    const started = performance.now()
    const product = execute1('MatMul', attributes, [a, b])
    read(product)
    product.dispose()
    if (round >= 2) least = Math.min(least, performance.now() - started)
  }
  dispose(a, b)
  return least / 1000
}

function matrix(rows: number, columns: number, dtype: DType): Tensor {
  const values = Float32Array.from(
    { length: rows * columns },
    (_, at) => ((at * 7919) % 1013) / 1013,
  )
  const wide = tensor(values, [rows, columns])
  if (dtype === 'float32') return wide
  const cast = execute1('Cast', castAttributes('float32', dtype), [wide])
  wide.dispose()
  return cast
}

const castAttributes = (from: DType, to: DType) => [
  attribute.dtype('SrcT', from),
  attribute.dtype('DstT', to),
  attribute.bool('Truncate', false),
]
