import type { Piece, PieceEvidence } from '../types'

const mostTerms = 6

/** "valence: great, not good" or, with a weight below 0, that it is turned round. */
export function pieceText(piece: Piece, evidence: PieceEvidence, weight: number): string {
  const name = piece.id.slice(piece.id.indexOf(':') + 1)
  const terms = foundTerms(evidence)
  const found = terms === '' ? name : `${name}: ${terms}`
  if (weight < 0) return `${found} (turned round: it spoke against the labelled rows)`
  return weight === 0 ? `${found} (weight 0: it did not help on the labelled rows)` : found
}

export const hardRuleText = (piece: Piece, evidence: PieceEvidence): string =>
  pieceText(piece, evidence, 1)

/** The terms that were found, once each, in the order of the text. */
function foundTerms(evidence: PieceEvidence): string {
  const terms = new Set(
    [...evidence.matches]
      .sort((a, b) => a.start - b.start)
      .map((match) => (match.negated ? `not ${match.term}` : match.term)),
  )
  const shown = [...terms].slice(0, mostTerms).join(', ')
  return terms.size > mostTerms ? `${shown}, and ${terms.size - mostTerms} more` : shown
}

/** "negative 0.50 → 0.80, positive 0.50 → 0.20" */
export const priorText = (
  labels: readonly string[],
  shift: { readonly source: readonly number[]; readonly target: readonly number[] },
): string =>
  labels
    .map(
      (label, k) =>
        `${label} ${(shift.source[k] ?? 0).toFixed(2)} → ${(shift.target[k] ?? 0).toFixed(2)}`,
    )
    .join(', ')

export const constraintText = (
  kind: 'implied' | 'forbidden',
  [first, second]: readonly [string, string],
): string =>
  kind === 'implied' ? `${first} implies ${second}` : `${first} and ${second} exclude each other`
