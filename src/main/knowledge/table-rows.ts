import type { ScoreTable } from './types'

/** The rows of a table at these positions, in that order. */
export function tableRows(table: ScoreTable, positions: Int32Array): ScoreTable {
  const { pieces, labels } = table
  const width = pieces * labels
  const scores = new Float32Array(positions.length * width)
  const votes = new Int16Array(positions.length * pieces)
  positions.forEach((row, at) => {
    scores.set(table.scores.subarray(row * width, (row + 1) * width), at * width)
    votes.set(table.votes.subarray(row * pieces, (row + 1) * pieces), at * pieces)
  })
  return { rows: positions.length, pieces, labels, scores, votes }
}
