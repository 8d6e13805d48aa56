import { normalised } from '../softmax'
import type { Piece } from '../types'

import { meanFit, meanHeldOut, negligible } from './average'
import { noPieces, priorsOf, weightCandidates } from './candidates'
import { crossFit, fitOrModel, meanLoss, type CrossFitOptions, type HeldOut } from './cross-fit'
import { fusedLogits, withoutEvidence, withoutPieces, type FusionDesign } from './design'
import { harmfulPieces, proofOfInversion } from './prune'
import { trialOf, type FusionTrial } from './trial'
import type { FittedWeights, WeightPriors } from './weights'

export interface FittedPosterior extends FittedWeights {
  readonly heldOut: HeldOut
  readonly trials: readonly FusionTrial[]
}

/**
 * Weights of the pieces. `auto`: the mean of the fits under several beliefs about the pieces, the
 * model alone among them, each with its share of the evidence; then without the pieces that do not
 * lower the held-out loss. A number: that weight for every piece. undefined: none.
 */
export function fitPosterior(
  design: FusionDesign,
  pieces: readonly Piece[],
  lambda: 'auto' | number | undefined,
  given: CrossFitOptions,
): FittedPosterior {
  const { options, none, alone } = withBiasWhereItHelps(design, pieces, given)
  if (lambda === undefined || (lambda === 'auto' && design.rows === 0)) {
    const trials = [{ ...trialOf(noPieces.name, alone, alone), chosen: true }]
    return { ...fitOrModel(design, everyRow(design), none), heldOut: alone, trials }
  }
  if (lambda !== 'auto') return fixed(design, lambda, options, alone)

  const first = weigh(design, pieces, options, alone)
  const harmful = harmfulPieces(design, first.priors, first.trusted, options)
  if (harmful.size === 0) return first
  const rest = weigh(withoutPieces(design, harmful), pieces, options, alone, harmful)
  const lost = (meanLoss(rest.heldOut) - meanLoss(first.heldOut)) * design.rows
  return lost <= proofOfInversion ? rest : first
}

interface Weighed extends FittedPosterior {
  /** Of the belief with pieces that has the greatest share. */
  readonly priors: WeightPriors
  /** Whether beliefs that take the pack at its word have more than half of the shares. */
  readonly trusted: boolean
}

/**
 * Every belief cross-fitted, and the mean of their fits. Shares are those of pseudo-Bayesian model
 * averaging (Yao et al. 2018, section 2.2): prior · exp(−held-out log-loss of all rows), so that
 * stated strengths have a say with few rows and rows decide alone where there are many.
 *
 * @param left pieces that are out
 */
function weigh(
  design: FusionDesign,
  pieces: readonly Piece[],
  options: CrossFitOptions,
  alone: HeldOut,
  left: ReadonlySet<number> = new Set(),
): Weighed {
  const tried = [noPieces, ...weightCandidates].map((candidate) => {
    const priors = priorsOf(candidate, pieces, options.calibrate, left)
    const held = candidate === noPieces ? alone : crossFit(design, priors, options)
    return { candidate, priors, held, trial: trialOf(candidate.name, held, alone) }
  })
  const least = Math.min(...tried.map(({ trial }) => trial.loss))
  const shares = normalised(
    tried.map(
      ({ candidate, trial }) => candidate.prior * Math.exp((least - trial.loss) * design.rows),
    ),
  )
  const beliefs = tried.map((one, at) => ({ ...one, share: shares[at] ?? 0 }))
  const most = beliefs.reduce((found, one) => (one.share > found.share ? one : found))
  const withPieces = beliefs.filter(({ candidate }) => candidate !== noPieces)
  const fits = beliefs
    .filter(({ share }) => share >= negligible)
    .map(({ priors, share }) => ({ fit: fitOrModel(design, everyRow(design), priors), share }))
  return {
    ...meanFit(design, fits),
    heldOut: meanHeldOut(design, beliefs),
    trials: beliefs.map((one) => ({ ...one.trial, chosen: one === most })),
    priors: withPieces.reduce((found, one) => (one.share > found.share ? one : found)).priors,
    trusted:
      withPieces.reduce((sum, one) => sum + (one.candidate.trust > 0 ? one.share : 0), 0) > 0.5,
  }
}

/** The model alone, with a class bias only if that lowers the held-out loss by a standard error. */
function withBiasWhereItHelps(
  design: FusionDesign,
  pieces: readonly Piece[],
  options: CrossFitOptions,
): { readonly options: CrossFitOptions; readonly none: WeightPriors; readonly alone: HeldOut } {
  const none = priorsOf(noPieces, pieces, options.calibrate)
  const alone = crossFit(design, none, options)
  if (options.calibrate !== 'temperature') return { options, none, alone }
  const calibrate = 'temperature and bias'
  const biased = crossFit(design, { ...none, calibrate }, options)
  const trial = trialOf(calibrate, biased, alone)
  return trial.loss < meanLoss(alone) - trial.error
    ? { options: { ...options, calibrate }, none: { ...none, calibrate }, alone: biased }
    : { options, none, alone }
}

/** The stated weight joins the logits; temperature and bias are fitted on top. */
function fixed(
  design: FusionDesign,
  lambda: number,
  options: CrossFitOptions,
  alone: HeldOut,
): FittedPosterior {
  const weights = new Float64Array(design.pieces).fill(lambda)
  const logits = new Float64Array(design.logits.length)
  const row = new Float64Array(design.classes)
  for (let i = 0; i < design.rows; i += 1) {
    fusedLogits(design, i, weights, row)
    logits.set(row, i * design.classes)
  }
  const fused = withoutEvidence({ ...design, logits })
  const none = { mean: new Float64Array(0), precision: Infinity, calibrate: options.calibrate }
  const heldOut = crossFit(fused, none, options)
  const name = `every weight ${lambda}`
  return {
    ...fitOrModel(fused, everyRow(design), none),
    weights,
    heldOut,
    trials: [
      trialOf(noPieces.name, alone, alone),
      { ...trialOf(name, heldOut, alone), chosen: true },
    ],
  }
}

const everyRow = (design: FusionDesign): Int32Array =>
  Int32Array.from({ length: design.rows }, (_, i) => i)
