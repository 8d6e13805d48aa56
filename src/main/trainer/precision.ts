import type { Recipe } from '@shared/domain/recipe'
import type { DType, Tensor } from '../nn/tf'
import { attribute, dispose, execute1, read, tensor } from '../nn/tf'
import type { Reporter } from './reporter'

export type Precision = 'float32' | 'bfloat16'

/** How much faster bfloat16 must be: below that its rounding buys nothing. */
const worthwhile = 1.15

/**
 * The precision of a run's matrix products. `auto` measures one product of the size of a
 * transformer's layer in both and takes bfloat16 where that is clearly faster; the choice and its
 * reason are told.
 */
export function choosePrecision(asked: Recipe['precision'], reporter: Reporter): Precision {
  if (asked !== 'auto') return asked
  const float32 = secondsOfProduct('float32')
  const bfloat16 = secondsOfProduct('bfloat16')
  const ratio = float32 / bfloat16
  const chosen = ratio >= worthwhile ? 'bfloat16' : 'float32'
  const reason =
    chosen === 'bfloat16'
      ? `matrix products are ${ratio.toFixed(1)} times as fast in bfloat16 on this machine`
      : `bfloat16 is not faster on this machine (${ratio.toFixed(2)} times float32)`
  reporter.log('info', `Precision ${chosen}: ${reason}.`)
  return chosen
}

/** Least time of a [1024, 512] × [512, 512] product; the first ones only warm up. */
function secondsOfProduct(dtype: Precision): number {
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

function matrix(rows: number, columns: number, dtype: Precision): Tensor {
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
