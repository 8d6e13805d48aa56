import { GraftError } from '@shared/errors'
import type { Tensor } from './tf'
import { tensor } from './tf'

/** Token ids of some rows, padded to one length; arrays are [rows, length], row by row. */
export interface TokenBatch {
  readonly ids: Int32Array
  /** 1: a token, 0: padding. */
  readonly mask: Int32Array
  /** Which of two texts a token belongs to; undefined: all of the first. */
  readonly typeIds: Int32Array | undefined
  readonly rows: number
  readonly length: number
}

/** How positions are numbered. */
export type PositionRule =
  | { readonly kind: 'plain' }
  /** From paddingId + 1 on, counting tokens that are not padding; padding has paddingId (RoBERTa). */
  | { readonly kind: 'afterPadding'; readonly paddingId: number }

interface Common {
  /** Sequences, and the columns they came in. */
  readonly rows: number
  readonly length: number
  /** Token rows of the computation. */
  readonly count: number
  /** int32 [count] each. */
  readonly ids: Int32Array
  readonly positions: Int32Array
  readonly types: Int32Array
  /** Sequence of each token row; `rows` for padding. */
  readonly owners: Int32Array
  /** Token row of each cell of the batch, -1 where it was left out: [rows · length]. */
  readonly places: Int32Array
  /** Token row of each sequence's first token. */
  readonly firsts: Int32Array
  /** Tokens of each sequence. */
  readonly lengths: Int32Array
  /** int32 [rows, 2]: first token row and length of each sequence. */
  readonly segments: Tensor
}

/**
 * Where the tokens of a batch lie in the computation, one token a row of every matrix.
 * Packed: sequence after sequence, padding left out. Padded: [rows, length] as they came, with an
 * additive mask over keys, float32 [rows, 1, 1, length].
 */
export type Layout =
  | (Common & { readonly kind: 'packed' })
  | (Common & { readonly kind: 'padded'; readonly mask: Tensor })

/** Makes the layout; `disposeLayout` when the batch is done. Throws input.invalid for bad sizes. */
export function createLayout(
  batch: TokenBatch,
  kind: Layout['kind'],
  positionRule: PositionRule,
): Layout {
  check(batch)
  const { rows, length } = batch
  const seen = seenCells(batch)
  const cells = kind === 'padded' ? rows * length : seen.reduce((sum, one) => sum + one, 0)
  const common = {
    ...{ rows, length, count: cells },
    ids: new Int32Array(cells),
    positions: new Int32Array(cells),
    types: new Int32Array(cells),
    owners: new Int32Array(cells),
    places: new Int32Array(rows * length).fill(-1),
    firsts: new Int32Array(rows),
    lengths: new Int32Array(rows),
  }
  const allPositions = positionsOf(batch, positionRule)
  const segments = new Int32Array(rows * 2)
  let place = 0
  for (let row = 0; row < rows; row += 1) {
    common.firsts[row] = place
    segments[2 * row] = place
    for (let column = 0; column < length; column += 1) {
      const cell = row * length + column
      const token = seen[cell] === 1
      if (token) common.lengths[row] = (common.lengths[row] ?? 0) + 1
      else if (kind === 'packed') continue
      common.ids[place] = batch.ids[cell] ?? 0
      common.positions[place] = allPositions[cell] ?? 0
      common.types[place] = batch.typeIds?.[cell] ?? 0
      common.owners[place] = token ? row : rows
      common.places[cell] = place
      place += 1
    }
    segments[2 * row + 1] = place - (segments[2 * row] ?? 0)
  }
  const whole = { ...common, segments: tensor(segments, [rows, 2]) }
  return kind === 'packed'
    ? { ...whole, kind }
    : { ...whole, kind, mask: additiveMask(seen, batch) }
}

export function disposeLayout(layout: Layout): void {
  layout.segments.dispose()
  if (layout.kind === 'padded') layout.mask.dispose()
}

function check({ ids, mask, typeIds, rows, length }: TokenBatch): void {
  const size = rows * length
  const fits = ids.length === size && mask.length === size && (typeIds?.length ?? size) === size
  if (rows > 0 && length > 0 && fits) return
  throw new GraftError(
    'input.invalid',
    `A batch of ${rows} rows × ${length} tokens needs ${size} ids, masks and types; it has ${ids.length}, ${mask.length} and ${typeIds?.length ?? 'none'}.`,
  )
}

/** The mask as 0 and 1; a row without any token keeps its first, so that it has a result. */
function seenCells({ mask, rows, length }: TokenBatch): Uint8Array {
  const seen = Uint8Array.from(mask, (one) => (one === 0 ? 0 : 1))
  for (let row = 0; row < rows; row += 1) {
    const start = row * length
    if (!seen.subarray(start, start + length).includes(1)) seen[start] = 1
  }
  return seen
}

function positionsOf({ ids, rows, length }: TokenBatch, rule: PositionRule): Int32Array {
  const positions = new Int32Array(rows * length)
  for (let row = 0; row < rows; row += 1) {
    let counted = 0
    for (let column = 0; column < length; column += 1) {
      const cell = row * length + column
      if (rule.kind === 'plain') positions[cell] = column
      else if (ids[cell] === rule.paddingId) positions[cell] = rule.paddingId
      else positions[cell] = rule.paddingId + ++counted
    }
  }
  return positions
}

/** The reference adds the type's lowest number; half of it cannot overflow and vanishes as well. */
const unseen = -1.7e38

function additiveMask(seen: Uint8Array, { rows, length }: TokenBatch): Tensor {
  const mask = Float32Array.from(seen, (one) => (one === 1 ? 0 : unseen))
  return tensor(mask, [rows, 1, 1, length])
}
