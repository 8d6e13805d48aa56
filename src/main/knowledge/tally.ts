import { Bits } from './bits'
import type { PieceVotes } from './piece-votes'
import type { Speakers } from './speakers'
import { speakersOf } from './speakers'

/** How the pieces of a pack agree on the rows of a batch. */
export interface Tally {
  /** Rows that any piece speaks about. */
  readonly covered: Bits
  /** Rows in which two pieces vote for different labels. */
  readonly conflicting: Bits
  /** Per row the label with the most votes; -1: none, or a tie. */
  readonly majority: Int16Array
  /** Per piece the rows in which another one votes otherwise. */
  readonly conflicts: Int32Array
  readonly speakers: Speakers
}

/** Counts the votes of all pieces on each row. */
export function tallyVotes(all: readonly PieceVotes[], rows: number, labels: number): Tally {
  const speakers = speakersOf(all, rows)
  const tally = {
    covered: new Bits(rows),
    conflicting: new Bits(rows),
    majority: new Int16Array(rows).fill(-1),
    conflicts: new Int32Array(all.length),
  }
  const counts = new Int32Array(labels)
  for (let row = 0; row < rows; row += 1) {
    const [from, to] = [speakers.offsets[row] ?? 0, speakers.offsets[row + 1] ?? 0]
    if (from === to) continue
    tally.covered.add(row)
    const total = countVotes(all, speakers, row, counts)
    tally.majority[row] = onlyGreatest(all, speakers, row, counts)
    for (let at = from; at < to; at += 1) {
      const vote = voteOf(all, speakers, at, row)
      if (vote === -1 || counts[vote] === total) continue
      const piece = speakers.pieces[at] ?? 0
      tally.conflicts[piece] = (tally.conflicts[piece] ?? 0) + 1
      tally.conflicting.add(row)
    }
    for (let at = from; at < to; at += 1) {
      const vote = voteOf(all, speakers, at, row)
      if (vote !== -1) counts[vote] = 0
    }
  }
  return { ...tally, speakers }
}

function voteOf(all: readonly PieceVotes[], { pieces }: Speakers, at: number, row: number): number {
  // Who speaks in a row is known: no need to ask whether it is covered.
  const votes = all[pieces[at] ?? 0]?.votes ?? -1
  return typeof votes === 'number' ? votes : (votes[row] ?? -1)
}

/** Adds the votes on a row to the counts, which have to be 0; their number. */
function countVotes(
  all: readonly PieceVotes[],
  speakers: Speakers,
  row: number,
  counts: Int32Array,
): number {
  let total = 0
  for (let at = speakers.offsets[row] ?? 0; at < (speakers.offsets[row + 1] ?? 0); at += 1) {
    const vote = voteOf(all, speakers, at, row)
    if (vote === -1) continue
    counts[vote] = (counts[vote] ?? 0) + 1
    total += 1
  }
  return total
}

function onlyGreatest(
  all: readonly PieceVotes[],
  speakers: Speakers,
  row: number,
  counts: Int32Array,
): number {
  let [label, greatest] = [-1, 0]
  for (let at = speakers.offsets[row] ?? 0; at < (speakers.offsets[row + 1] ?? 0); at += 1) {
    const vote = voteOf(all, speakers, at, row)
    const count = vote === -1 ? 0 : (counts[vote] ?? 0)
    if (count > greatest) [label, greatest] = [vote, count]
    else if (count === greatest && vote !== label) label = count === 0 ? label : -1
  }
  return label
}
