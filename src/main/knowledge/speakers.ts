import type { PieceVotes } from './piece-votes'

/** The pieces that speak in each row: from offsets[r] to below offsets[r + 1] of `pieces`. */
export interface Speakers {
  readonly offsets: Int32Array
  readonly pieces: Int32Array
}

export function speakersOf(all: readonly PieceVotes[], rows: number): Speakers {
  const members = all.map(({ covered }) => covered.members())
  const offsets = new Int32Array(rows + 1)
  for (const covered of members) {
    for (const row of covered) offsets[row + 1] = (offsets[row + 1] ?? 0) + 1
  }
  for (let row = 0; row < rows; row += 1) {
    offsets[row + 1] = (offsets[row + 1] ?? 0) + (offsets[row] ?? 0)
  }
  const next = offsets.slice()
  const pieces = new Int32Array(offsets[rows] ?? 0)
  members.forEach((covered, piece) => {
    for (const row of covered) {
      const at = next[row] ?? 0
      pieces[at] = piece
      next[row] = at + 1
    }
  })
  return { offsets, pieces }
}

export interface Overlap {
  readonly piece: number
  readonly rows: number
}

/** For each piece the others that speak in the same rows, the `most` that share most of them. */
export function overlapsOf(
  all: readonly PieceVotes[],
  { offsets, pieces }: Speakers,
  most: number,
): readonly (readonly Overlap[])[] {
  const greatest = all.map((): Overlap[] => [])
  // Pairs are counted once, from the piece that comes first; its place in each row moves on.
  const places = offsets.slice()
  const shared = new Int32Array(all.length)
  all.forEach(({ covered }, piece) => {
    for (const row of covered.members()) {
      const place = (places[row] ?? 0) + 1
      const end = offsets[row + 1] ?? 0
      places[row] = place
      for (let at = place; at < end; at += 1) {
        const other = pieces[at] ?? 0
        shared[other] = (shared[other] ?? 0) + 1
      }
    }
    for (let other = piece + 1; other < all.length; other += 1) {
      const rows = shared[other] ?? 0
      if (rows === 0) continue
      offer(greatest[piece], { piece: other, rows }, most)
      offer(greatest[other], { piece, rows }, most)
      shared[other] = 0
    }
  })
  return greatest
}

/** Puts an overlap in its place in a list of the `most` greatest, greatest first. */
function offer(list: Overlap[] | undefined, overlap: Overlap, most: number): void {
  if (list === undefined) return
  if (list.length === most && overlap.rows <= (list[most - 1]?.rows ?? 0)) return
  let place = list.length
  while (place > 0 && (list[place - 1]?.rows ?? 0) < overlap.rows) place -= 1
  list.splice(place, 0, overlap)
  if (list.length > most) list.pop()
}
