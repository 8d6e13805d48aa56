import type { TrainingMethod } from '@shared/domain/knowledge'
import type { ScoreTable } from '../../knowledge/types'
import { tiltOf } from '../../knowledge/piece-weights'
import type { LogitTerm } from '../../nn/session'
import type { Answers } from './answers'
import type { SoftLabels } from './soft-labels'

export type Settings<Use extends TrainingMethod['use']> = Extract<
  TrainingMethod,
  { readonly use: Use }
>

/** A term of a pass: its value is told as a series, `weight` × it joins the loss. */
export interface NamedTerm {
  readonly series: string
  readonly weight: number
  readonly term: LogitTerm
}

/** Rows of a pass, by position, twins behind the others under the positions of their originals. */
export interface TermRows {
  readonly rows: Int32Array
  /** Places in `rows` of a row and of its twin, two by two. */
  readonly pairs: Int32Array
  readonly step: number
}

/** What a method adds to the passes of a step. */
export interface Ingredient {
  /** What stays of the labels' own loss. */
  readonly targetWeight?: (step: number) => number
  readonly labelled?: (rows: TermRows) => NamedTerm
  readonly unlabelled?: (rows: TermRows) => NamedTerm
}

/** The imitation parameter π goes linearly from start to end, in both of which it has been. */
export const imitationAt = (
  { start, end }: Settings<'distill'>['imitation'],
  step: number,
  totalSteps: number,
): number => start + (end - start) * (totalSteps <= 1 ? 1 : Math.min(1, step / (totalSteps - 1)))

/** (1 − π) CE + π KL(q ‖ p) on labelled rows, π KL(q ‖ p) on others (Hu et al. 2016, equation 2). */
export function distillation(
  settings: Settings<'distill'>,
  answers: Answers,
  table: ScoreTable,
  weights: readonly number[],
  totalSteps: number,
): Ingredient {
  const imitation = (step: number): number => imitationAt(settings.imitation, step, totalSteps)
  const term = (series: string) => (pass: TermRows) => ({
    series,
    weight: imitation(pass.step),
    term: answers.imitation(tiltOf(table, weights, pass.rows)),
  })
  return {
    targetWeight: (step) => 1 - imitation(step),
    labelled: term('train.distill'),
    ...(settings.unlabelled ? { unlabelled: term('train.distill.unlabelled') } : {}),
  }
}

export function expectations(
  { weight, temperature }: Settings<'expectations'>,
  answers: Answers,
  shares: readonly number[],
): Ingredient {
  const term = answers.expectation(shares, temperature)
  return { unlabelled: () => ({ series: 'train.expectations', weight, term }) }
}

/** The answers to a row and to its changed twin are drawn together. */
export function consistency({ weight }: Settings<'invariances'>, answers: Answers): Ingredient {
  const term =
    (series: string) =>
    ({ pairs }: TermRows): NamedTerm => ({ series, weight, term: answers.consistency(pairs) })
  return {
    labelled: term('train.consistency'),
    unlabelled: term('train.consistency.unlabelled'),
  }
}

/** The noise-aware loss on rows that the label model has labelled, by their weights. */
export function weakLabels(
  { weight }: Settings<'weak'>,
  answers: Answers,
  { rows, distributions, weights }: SoftLabels,
): (rows: TermRows) => NamedTerm {
  const classes = distributions.length / rows.length
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]))
  return ({ rows: own }) => {
    const soft = new Float32Array(own.length * classes)
    const counted = new Float32Array(own.length)
    own.forEach((row, index) => {
      const place = placeOf.get(row)
      if (place === undefined) return
      soft.set(distributions.subarray(place * classes, (place + 1) * classes), index * classes)
      counted[index] = weights[place] ?? 0
    })
    return { series: 'train.weak', weight, term: answers.noiseAware(soft, counted) }
  }
}
