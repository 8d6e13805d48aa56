import type { Condition } from '@shared/domain'
import { wilsonInterval } from '../statistics/wilson'

/** A condition that speaks for a label, with the rows in which it holds. */
export interface Candidate {
  readonly source: 'term' | 'column'
  /** For a person and for the rule's id: the words, or the column and its value. */
  readonly name: string
  readonly when: Condition
  /** Index of the label. */
  readonly label: number
  /** Positions of the labelled rows in which it holds, ascending. */
  readonly rows: Int32Array
  readonly correct: number
  readonly zScore: number
}

export const precisionOf = ({ correct, rows }: Candidate): number => correct / rows.length

export interface Filter {
  readonly precision: number
  readonly minimumRows: number
}

/** Log-odds below this many standard deviations are chance, and not worth a look. */
const leastScore = 1
/** From here on a candidate stands out from chance: 1.96 in Monroe et al. 2008, section 3.4. */
const clearScore = 2

export const isClear = ({ zScore }: Candidate): boolean => zScore >= clearScore

/** Whether a candidate is right often enough, in enough rows, and may be more than chance. */
export function passes(
  {
    correct,
    rows,
    zScore,
  }: Pick<Candidate, 'correct' | 'zScore'> & { readonly rows: ArrayLike<unknown> },
  { precision, minimumRows }: Filter,
): boolean {
  return rows.length >= minimumRows && zScore >= leastScore && correct >= precision * rows.length
}

/** Rows that the prior of a rule's confidence is worth. */
const priorRows = 4

/**
 * The probability that a mined rule is right, as a rule may state it: its precision drawn towards
 * the share of its label as if that had been seen in four more rows.
 */
export const shrunkenPrecision = (correct: number, covered: number, share: number): number =>
  (correct + priorRows * share) / (covered + priorRows)

export const intervalOf = ({ correct, rows }: Candidate): readonly [number, number] =>
  wilsonInterval(correct, rows.length)
