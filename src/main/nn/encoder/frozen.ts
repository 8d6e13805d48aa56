/** The output of frozen layers as bytes, so that it can be kept outside TensorFlow. */
import { GraftError } from '@shared/errors'
import { library } from '../kernels/library'
import type { NarrowType } from '../kernels/native'
import type { Stream } from '../kernels/norm'
import type { Layout } from '../layout'
import * as ops from '../ops'
import type { Tape } from '../tape'
import type { DType, Tensor } from '../tf'
import { attribute, execute1, read, tensor } from '../tf'

/** The same memory as another type. */
const bitcast = (x: Tensor, to: DType): Tensor =>
  execute1('Bitcast', [attribute.dtype('T', x.dtype), attribute.dtype('type', to)], [x])

/** Activations in the type of the products, token after token, sequence after sequence, no padding. */
export function tokenBytes(stream: Stream, layout: Layout): Uint8Array {
  const all = bytesOf(stream.narrow.tensor)
  if (layout.kind === 'packed') return all
  const width = all.length / layout.count
  const places = tokenPlaces(layout)
  const kept = new Uint8Array(places.length * width)
  places.forEach((place, at) => {
    kept.set(all.subarray(place * width, (place + 1) * width), at * width)
  })
  return kept
}

/** The binding reads no type of two bytes: two numbers at a time go as one of four. */
function bytesOf(x: Tensor): Uint8Array {
  const pairs = x.dtype === 'float32' ? x.retain() : ops.reshape(x, [x.size / 2, 2])
  const words = bitcast(pairs, 'int32')
  const values = read(words)
  pairs.dispose()
  words.dispose()
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/**
 * What `tokenBytes` gave, for a layout of the same sequences; padding is zero. `bytes` must not be
 * written to afterwards. Throws input.invalid where they are too few or too many.
 */
export function streamOf(
  tape: Tape,
  bytes: Uint8Array,
  layout: Layout,
  hidden: number,
  copies: NarrowType | undefined,
): Stream {
  const places = tokenPlaces(layout)
  const width = hidden * (copies === undefined ? 4 : 2)
  if (bytes.length !== places.length * width) {
    throw new GraftError(
      'input.invalid',
      `${places.length} tokens have ${places.length * width} bytes of activations, not ${bytes.length}.`,
    )
  }
  const laid = layout.kind === 'packed' ? bytes : spread(bytes, places, width, layout.count)
  const raw = tensor(laid, [layout.count, hidden, width / hidden])
  const narrow = tape.constant(ops.consume(bitcast(raw, copies ?? 'float32'), raw))
  if (copies === undefined) return { wide: narrow, narrow }
  const wide = copies === 'bfloat16' ? library().cast : widen
  return { wide: tape.constant(wide(narrow.tensor)), narrow }
}

const widen = (x: Tensor): Tensor => ops.castTo(x, 'float32')

const tokenPlaces = ({ owners, rows }: Layout): readonly number[] =>
  [...owners.keys()].filter((place) => (owners[place] ?? rows) < rows)

function spread(
  bytes: Uint8Array,
  places: readonly number[],
  width: number,
  count: number,
): Uint8Array {
  const whole = new Uint8Array(count * width)
  places.forEach((place, at) => {
    whole.set(bytes.subarray(at * width, (at + 1) * width), place * width)
  })
  return whole
}
