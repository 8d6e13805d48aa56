import { splitFold } from '../folds'
import { foldsOf, type CrossFitOptions } from './cross-fit'
import { coverage, fusedLogits, type FusionDesign } from './design'
import { calibrated, toProbabilities } from './steps'
import { fitWeights, probabilityLoss, type WeightPriors } from './weights'

/** Rows from which on a piece must have lowered the held-out loss to stay. */
const decisiveRows = 64
/** With fewer it may have raised it by up to so much (odds of 3 : 1 that it is right). */
const credit = Math.log(3)
/** A piece that is turned round must have lowered it by so much: packs seldom say the opposite. */
export const proofOfInversion = 2

/**
 * Pieces whose removal does not raise the held-out loss: they have not been shown to help. Fits of
 * the folds are kept, only the piece's weight is put to 0. What few rows seem to say against a piece
 * may be chance: the fewer they are, the more it takes. Pieces that no labelled row met stay out,
 * unless the pack as a whole is trusted.
 */
export function harmfulPieces(
  design: FusionDesign,
  priors: WeightPriors,
  trusted: boolean,
  options: CrossFitOptions,
): ReadonlySet<number> {
  const gain = new Float64Array(design.pieces)
  const direction = new Float64Array(design.pieces)
  const { classes } = design
  const row = new Float64Array(classes)
  for (let repeat = 0; repeat < options.repeats; repeat += 1) {
    const fold = foldsOf(design, options.folds, options.seed + repeat)
    for (let which = 0; which < options.folds; which += 1) {
      const { inside, outside } = splitFold(fold, which)
      if (inside.length === 0) continue
      const fitted = fitWeights(design, outside, priors)
      fitted.weights.forEach((weight, p) => {
        direction[p] = (direction[p] ?? 0) + weight
      })
      const lossOf = (at: number): number =>
        probabilityLoss(
          design,
          at,
          calibrated(design.task, toProbabilities(design.task, row), fitted),
        )
      for (const at of inside) {
        fusedLogits(design, at, fitted.weights, row)
        const full = row.slice()
        const loss = lossOf(at)
        for (let e = design.starts[at] ?? 0; e < (design.starts[at + 1] ?? 0); e += 1) {
          const piece = design.piece[e] ?? 0
          const weight = fitted.weights[piece] ?? 0
          for (let k = 0; k < classes; k += 1) {
            row[k] = (full[k] ?? 0) - weight * (design.scores[e * classes + k] ?? 0)
          }
          gain[piece] = (gain[piece] ?? 0) + lossOf(at) - loss
        }
      }
    }
  }
  const covered = coverage(design)
  const harmful = new Set<number>()
  for (let p = 0; p < design.pieces; p += 1) {
    const met = covered[p] ?? 0
    const doubt = credit * Math.max(0, 1 - met / decisiveRows)
    const needed = (direction[p] ?? 0) < 0 ? proofOfInversion : -doubt
    if (met > 0 ? (gain[p] ?? 0) / options.repeats <= needed : !trusted) harmful.add(p)
  }
  return harmful
}
