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
  readonly structure?: TokenStructure | undefined
}

/** What is not a plain sequence of tokens, such as a sentence with branches of knowledge. */
export interface TokenStructure {
  /** Position of each token, from 0 on, several may share one: [rows, length]. */
  readonly positions: Int32Array
  /** 1 where a token sees another one: [rows, length, length], from the token that looks. */
  readonly visible: Uint8Array
  /** 1 for tokens that count in a pooled vector: [rows, length]. */
  readonly pooled: Uint8Array
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
  /** Owners and lengths again, of the tokens alone that count in a pooled vector. */
  readonly pooled: { readonly owners: Int32Array; readonly lengths: Int32Array }
  /** int32 [rows, 2]: first token row and length of each sequence. */
  readonly segments: Tensor
}

/**
 * Where the tokens of a batch lie in the computation, one token a row of every matrix.
 * Packed: sequence after sequence, padding left out. Padded: [rows, length] as they came, with an
 * additive mask over keys, float32 [rows, 1, 1, length], or over queries and keys where the batch has
 * a structure, [rows, 1, length, length].
 */
export type Layout =
  | (Common & { readonly kind: 'packed' })
  | (Common & { readonly kind: 'padded'; readonly mask: Tensor })

/**
 * Makes the layout; `disposeLayout` when the batch is done. A batch with a structure is padded,
 * whatever was asked for. Throws input.invalid for bad sizes.
 */
export function createLayout(
  batch: TokenBatch,
  wanted: Layout['kind'],
  positionRule: PositionRule,
): Layout {
  check(batch)
  const { rows, length, structure } = batch
  const kind = structure === undefined ? wanted : 'padded'
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
  const pooled = structure === undefined ? common : pooledPart(common, structure)
  const whole = { ...common, pooled, segments: tensor(segments, [rows, 2]) }
  return kind === 'packed' ? { ...whole, kind } : { ...whole, kind, mask: maskOf(seen, batch) }
}

export function disposeLayout(layout: Layout): void {
  layout.segments.dispose()
  if (layout.kind === 'padded') layout.mask.dispose()
}

function check({ ids, mask, typeIds, rows, length, structure }: TokenBatch): void {
  const size = rows * length
  if (structure !== undefined) checkStructure(structure, size, length)
  const fits = ids.length === size && mask.length === size && (typeIds?.length ?? size) === size
  if (rows > 0 && length > 0 && fits) return
  throw new GraftError(
    'input.invalid',
    `A batch of ${rows} rows × ${length} tokens needs ${size} ids, masks and types; it has ${ids.length}, ${mask.length} and ${typeIds?.length ?? 'none'}.`,
  )
}

function checkStructure(structure: TokenStructure, size: number, length: number): void {
  const { positions, visible, pooled } = structure
  const fits = positions.length === size && visible.length === size * length
  if (fits && pooled.length === size && positions.every((position) => position >= 0)) return
  throw new GraftError(
    'input.invalid',
    `The structure of a batch of ${size} tokens needs as many positions from 0 on, as many marks of what is pooled and ${size * length} of what is visible; it has ${positions.length}, ${pooled.length} and ${visible.length}.`,
  )
}

function pooledPart(
  { owners, lengths }: Pick<Common, 'owners' | 'lengths'>,
  { pooled }: TokenStructure,
): Common['pooled'] {
  const rows = lengths.length
  const counted = new Int32Array(rows)
  const own = owners.map((owner, cell) => (pooled[cell] === 1 ? owner : rows))
  for (const owner of own) if (owner < rows) counted[owner] = (counted[owner] ?? 0) + 1
  return { owners: own, lengths: counted }
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

function positionsOf(batch: TokenBatch, rule: PositionRule): Int32Array {
  const { ids, rows, length, structure } = batch
  if (structure !== undefined) {
    const first = rule.kind === 'plain' ? 0 : rule.paddingId + 1
    return structure.positions.map((position) => first + position)
  }
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

const additive = (seen: Uint8Array): Float32Array =>
  Float32Array.from(seen, (one) => (one === 1 ? 0 : unseen))

function maskOf(seen: Uint8Array, { rows, length, structure }: TokenBatch): Tensor {
  if (structure === undefined) return tensor(additive(seen), [rows, 1, 1, length])
  const visible = structure.visible.map((one, at) => {
    const row = Math.floor(at / (length * length))
    return one === 0 ? 0 : (seen[row * length + (at % length)] ?? 0)
  })
  return tensor(additive(visible), [rows, 1, length, length])
}
