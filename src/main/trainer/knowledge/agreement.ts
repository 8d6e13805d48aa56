import { leastJudged } from '../../knowledge/trial-lengths'
import type { ScoreTable } from '../../knowledge/types'

/** Standard errors beyond chance that a pack, or a piece for or against its votes, has to show. */
const shown = 2

/** Rows with a vote from which on they tell well whether a pack is better than chance. */
const wellJudged = 128

/**
 * Standard errors by which agreement has to exceed chance, or may fall short of it: few rows say
 * little, so there the pack's word stands; a pack that is right shows it easily in many.
 */
export function neededAgreement(judged: number): number {
  if (judged < leastJudged) return -1
  return judged < wellJudged ? 1 : shown
}

/** How far votes agree with labels beyond what chance would give. */
export interface Agreement {
  /** Rows in which the pieces' summed scores choose one class. */
  readonly judged: number
  readonly correct: number
  /** Cohen's κ (Cohen 1960): 0 at chance, 1 at full agreement. */
  readonly kappa: number
  /** κ over its standard error under independence. */
  readonly z: number
}

/**
 * Agreement of the pieces' summed scores with the labels of some rows. The least that a pack has to
 * show before its weak labels are trusted: a shuffled lexicon has κ near 0, an inverted one below.
 *
 * @param table scores of these rows
 * @param y their classes
 */
export function agreementOf(table: ScoreTable, y: Int32Array): Agreement {
  const { pieces, labels } = table
  const said = new Float64Array(labels)
  const true_ = new Float64Array(labels)
  let judged = 0
  let correct = 0
  y.forEach((label, row) => {
    const vote = strongest(table, row, pieces, labels)
    if (vote < 0) return
    judged += 1
    if (vote === label) correct += 1
    said[vote] = (said[vote] ?? 0) + 1
    true_[label] = (true_[label] ?? 0) + 1
  })
  if (judged === 0) return { judged, correct, kappa: 0, z: 0 }
  const chance = said.reduce((sum, count, k) => sum + (count * (true_[k] ?? 0)) / judged ** 2, 0)
  if (chance >= 1) return { judged, correct, kappa: 0, z: 0 }
  const kappa = (correct / judged - chance) / (1 - chance)
  const error = Math.sqrt(chance / ((1 - chance) * judged))
  return { judged, correct, kappa, z: error === 0 ? 0 : kappa / error }
}

/**
 * Pieces that speak in many of these rows, and are right in them about as often as votes at random
 * would be: the classes' shares, weighted by how often the piece votes for each. What is fitted to
 * such a piece on few held-out rows is chance.
 *
 * @param table scores of labelled rows
 * @param y their classes
 */
export function unprovenPieces(table: ScoreTable, y: Int32Array): ReadonlySet<number> {
  const { pieces, labels, votes } = table
  const shares = new Float64Array(labels)
  for (const label of y) shares[label] = (shares[label] ?? 0) + 1 / y.length
  const unproven = new Set<number>()
  for (let piece = 0; piece < pieces; piece += 1) {
    let [judged, correct, chance] = [0, 0, 0]
    y.forEach((label, row) => {
      const vote = votes[row * pieces + piece] ?? -1
      if (vote < 0) return
      judged += 1
      if (vote === label) correct += 1
      chance += shares[vote] ?? 0
    })
    if (judged < leastJudged) continue
    const expected = chance / judged
    const error = Math.sqrt((expected * (1 - expected)) / judged)
    if (Math.abs(correct / judged - expected) < shown * error) unproven.add(piece)
  }
  return unproven
}

/** The class with the highest sum of scores; -1 at a tie. */
function strongest(table: ScoreTable, row: number, pieces: number, labels: number): number {
  let best = -1
  let most = -Infinity
  for (let k = 0; k < labels; k += 1) {
    let sum = 0
    for (let p = 0; p < pieces; p += 1) sum += table.scores[(row * pieces + p) * labels + k] ?? 0
    if (Math.abs(sum - most) < 1e-9) best = -1
    else if (sum > most) [most, best] = [sum, k]
  }
  return best
}
