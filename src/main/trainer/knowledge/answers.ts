import { GraftError } from '@shared/errors'
import type { TaskKind } from '@shared/domain/dataset'
import {
  consistencyLoss,
  expectationLoss,
  expectationLossOfOutputs,
  imitationLoss,
  logOddsSum,
  noiseAwareLoss,
  ofOutputs,
  pairsOf,
  type LogitTerm,
} from '../../knowledge/losses'

/** The losses of plain numbers for the answers of a task: one of the labels, or each by itself. */
export interface Answers {
  /** Number of answers that exclude each other. */
  readonly exclusive: number
  imitation(tilt: Float32Array): LogitTerm
  /** `pairs` are rows, two by two. */
  consistency(pairs: Int32Array): LogitTerm
  expectation(shares: readonly number[], temperature: number): LogitTerm
  noiseAware(soft: Float32Array, weights: Float32Array): LogitTerm
  /** `holds`: whether a label is that of a row. */
  logOdds(holds: (row: number, label: number) => boolean, weights: Float32Array): LogitTerm
}

/** Throws recipe.invalid for regression, whose answers have no probabilities. */
export function answersOf(task: TaskKind, labels: number): Answers {
  switch (task) {
    case 'single-label':
      return oneOf(labels)
    case 'multi-label':
      return each(labels)
    case 'regression':
      throw new GraftError(
        'recipe.invalid',
        'knowledge.training: lexicons, rules and priors speak of classes, and this run predicts numbers. Choose a dataset with classes, or knowledge.training: none.',
        { path: 'knowledge.training' },
      )
  }
}

const oneOf = (labels: number): Answers => ({
  exclusive: labels,
  imitation: (tilt) => (x) => imitationLoss(x, labels, tilt),
  consistency: (pairs) => (x) => consistencyLoss(x, labels, pairs),
  expectation: (shares, temperature) => (x) => expectationLoss(x, labels, shares, temperature),
  noiseAware: (soft, weights) => (x) => noiseAwareLoss(x, labels, soft, weights),
  logOdds: (holds, weights) => {
    const classes = Array.from({ length: labels }, (_, label) => label)
    const own = Array.from(weights, (_, row) => classes.findIndex((label) => holds(row, label)))
    return (x) => logOddsSum(x, labels, own, weights)
  },
})

const each = (labels: number): Answers => ({
  exclusive: 2,
  imitation: (tilt) => ofOutputs((x) => imitationLoss(x, 2, pairsOf(tilt))),
  consistency: (pairs) => {
    const outputs = Int32Array.from({ length: pairs.length * labels }, (_, at) => {
      const pair = Math.floor(at / (2 * labels))
      const label = Math.floor((at % (2 * labels)) / 2)
      return (pairs[2 * pair + (at % 2)] ?? 0) * labels + label
    })
    return ofOutputs((x) => consistencyLoss(x, 2, outputs))
  },
  expectation: (shares, temperature) => (x) =>
    expectationLossOfOutputs(x, labels, shares, temperature),
  noiseAware: (soft, weights) => {
    const pairs = Float32Array.from({ length: soft.length * 2 }, (_, at) => {
      const held = soft[at >> 1] ?? 0
      return at % 2 === 0 ? 1 - held : held
    })
    const repeated = Float32Array.from(soft, (_, at) => weights[Math.floor(at / labels)] ?? 0)
    return ofOutputs((x) => noiseAwareLoss(x, 2, pairs, repeated))
  },
  logOdds: (holds, weights) => {
    const repeated = Float32Array.from(
      { length: weights.length * labels },
      (_, at) => weights[Math.floor(at / labels)] ?? 0,
    )
    const own = Array.from(repeated, (_, at) =>
      holds(Math.floor(at / labels), at % labels) ? 1 : 0,
    )
    return ofOutputs((x) => logOddsSum(x, 2, own, repeated))
  },
})
