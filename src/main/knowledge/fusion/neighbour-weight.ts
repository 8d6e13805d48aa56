import type { PredictionMethod } from '@shared/domain/knowledge'
import { crossFit, fitOrModel, meanLoss, type CrossFitOptions, type HeldOut } from './cross-fit'
import { withoutEvidence, type FusionDesign } from './design'
import type { FittedFusion } from './fitted'
import { neighbourProbabilities, type Distance, type Neighbour } from './neighbours'
import { mixed, toLogits, toProbabilities, type Calibration } from './steps'

export interface NeighbourInput {
  readonly design: FusionDesign
  /** What the model with its pieces says of rows that it has not seen. */
  readonly held: HeldOut
  readonly settings: Extract<PredictionMethod, { readonly use: 'neighbours' }> | null
  /** Of each row. */
  readonly neighbours: readonly (readonly Neighbour[])[]
  readonly distance: Distance
  readonly options: CrossFitOptions
}

export interface FittedMixture {
  readonly fitted: FittedFusion['neighbours']
  /** Of the mixture; null: the mixture has no part, the calibration of the posterior holds. */
  readonly calibration: Calibration | null
  readonly heldOut: HeldOut
}

/** The share of the neighbours that has the least cross-fitted log-loss; 0 unless it helps. */
export function fitNeighbourWeight(input: NeighbourInput): FittedMixture {
  const { settings, held, neighbours, design, options } = input
  const none: FittedMixture = { fitted: null, calibration: null, heldOut: held }
  if (settings === null || neighbours.length !== design.rows || design.rows === 0) return none
  const weights =
    settings.weight === 'auto'
      ? Array.from({ length: 18 }, (_, step) => (step + 1) / 20)
      : [settings.weight]
  let best = none
  for (const weight of weights) {
    const mixture = mixtureDesign(input, settings, weight)
    const heldOut = crossFit(mixture, silent(options), options)
    if (settings.weight === 'auto' && meanLoss(heldOut) >= meanLoss(best.heldOut) - 1e-9) continue
    const everyRow = Int32Array.from({ length: design.rows }, (_, i) => i)
    best = {
      fitted: {
        k: settings.k,
        temperature: settings.temperature,
        weight,
        distance: input.distance,
      },
      calibration: fitOrModel(mixture, everyRow, silent(options)),
      heldOut,
    }
  }
  return best
}

const silent = (options: CrossFitOptions) => ({
  mean: new Float64Array(0),
  precision: Infinity,
  calibrate: options.calibrate,
})

/** Rows whose logits are those of the mixture, without further pieces. */
function mixtureDesign(
  { design, held, neighbours }: NeighbourInput,
  settings: { readonly k: number; readonly temperature: number },
  weight: number,
): FusionDesign {
  const { classes, task, rows } = design
  const logits = new Float64Array(held.logits.length)
  for (let i = 0; i < rows; i += 1) {
    const near = (neighbours[i] ?? []).slice(0, settings.k)
    const own = toProbabilities(task, held.logits.slice(i * classes, (i + 1) * classes))
    const share = near.length === 0 ? 0 : weight
    const other = neighbourProbabilities(near, classes, settings.temperature)
    logits.set(toLogits(task, mixed(own, other, share)), i * classes)
  }
  return withoutEvidence({ ...design, logits })
}
