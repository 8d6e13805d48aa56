import type { PredictionMethod, PredictionMethodName } from '@shared/domain/knowledge'
import type { Priors } from '@shared/domain/pack'
import type { Numbers } from '../softmax'
import type { Piece, ScoreTable } from '../types'
import { conformalThreshold } from './conformal'
import { createDesign, fusedLogits, type FusionDesign } from './design'
import { modelAlone, type FittedFusion } from './fitted'
import type { Distance, Neighbour } from './neighbours'
import { fitNeighbourWeight } from './neighbour-weight'
import { fitPriorShift } from './prior-fit'
import { labelConstraints } from './constraints'
import { judge, type CrossFitOptions, type HeldOut } from './cross-fit'
import { fitPosterior } from './posterior'
import { calibrated, shifted, toProbabilities, type Calibration, type FusionTask } from './steps'
import type { FusionTrial } from './trial'

export interface FusionInput {
  readonly task: FusionTask
  readonly labels: readonly string[]
  readonly pieces: readonly Piece[]
  /** [rows, classes]: the model's logits for labelled rows that it was not trained on. */
  readonly logits: Numbers
  /** What the pieces say about the same rows. */
  readonly table: ScoreTable
  /** [rows] class indices; multi-label: [rows, classes] of 0 and 1. */
  readonly y: Int32Array
  readonly methods: readonly PredictionMethod[]
  /** Of each labelled row, the nearest other ones, at least as many as the method's k. */
  readonly neighbours?: readonly (readonly Neighbour[])[]
  readonly distance?: Distance
  /** Unlabelled rows of the population that will be asked about. */
  readonly unlabelled?: { readonly logits: Numbers; readonly table: ScoreTable }
  /** What the pack states; its labels go through `labelMap`. */
  readonly priors?: Priors | null
  readonly labelMap?: Readonly<Record<string, string>>
  readonly without?: readonly string[]
  /** Pieces that are to move nothing, by their place. */
  readonly idle?: ReadonlySet<number>
  readonly seed?: number
}

export interface FusionFit {
  readonly fitted: FittedFusion
  /** Every belief about the pieces that was tried, the model alone first. */
  readonly trials: readonly FusionTrial[]
  /** Fused answers for the labelled rows by fits that did not see them. */
  readonly heldOut: HeldOut
}

type Settings<Name extends PredictionMethodName> = Extract<PredictionMethod, { readonly use: Name }>

const settings = <Name extends PredictionMethodName>(
  methods: readonly PredictionMethod[],
  use: Name,
): Settings<Name> | undefined =>
  methods.find((method): method is Settings<Name> => method.use === use)

/**
 * Fits how the pack takes part in predictions, on labelled rows: weights of the pieces by
 * regularised likelihood, the strength of the ridge and what it pulls to by cross-fitting, then
 * neighbours, prior shift, calibration and conformal threshold, in the order in which they are
 * applied. A weight that is `auto` and does not lower the held-out log-loss is 0; the strength of a
 * shift is what the rows without labels speak for.
 */
export function fitFusion(input: FusionInput): FusionFit {
  const { task, labels, methods, y, seed = 0 } = input
  const calibrate = settings(methods, 'calibration') !== undefined
  const hardRules = settings(methods, 'hard-rules') !== undefined
  const ignored = ignoredPieces(input, hardRules)
  const full = createDesign({ ...input, ignored })
  const options = crossFitOptions(full.rows, seed, calibrate)
  const lambda = settings(methods, 'posterior')?.lambda
  const posterior = fitPosterior(full, input.pieces, lambda, options)
  const weights = posterior.weights.map((weight, p) => (ignored.has(p) ? 0 : weight))

  const neighbourSettings = settings(methods, 'neighbours')
  const mixture = fitNeighbourWeight({
    design: full,
    held: posterior.heldOut,
    settings: neighbourSettings ?? null,
    neighbours: input.neighbours ?? [],
    distance: input.distance ?? 'cosine',
    options,
  })
  const calibration = calibrate
    ? (mixture.calibration ?? { temperature: posterior.temperature, bias: posterior.bias })
    : null

  const shift = fitPriorShift({
    settings: task === 'single-label' ? (settings(methods, 'prior-shift') ?? null) : null,
    labels,
    priors: input.priors ?? null,
    labelMap: input.labelMap ?? {},
    y,
    temperature: calibration?.temperature ?? 1,
    unlabelled:
      input.unlabelled === undefined
        ? new Float64Array(0)
        : fuseRows(input, input.unlabelled, weights, calibration),
  })
  const heldOut = shiftHeldOut(mixture.heldOut, full, shift, calibration?.temperature ?? 1)
  const conformal = settings(methods, 'conformal')
  return {
    trials: posterior.trials,
    heldOut,
    fitted: {
      ...modelAlone(task, labels),
      labelMap: input.labelMap ?? {},
      without: input.without ?? [],
      weights: input.pieces.map(({ id }, p) => ({
        piece: id,
        weight: weights[p] ?? 0,
      })),
      neighbours: mixture.fitted,
      priorShift: shift,
      calibration:
        calibration === null
          ? null
          : { temperature: calibration.temperature, bias: Array.from(calibration.bias) },
      hardRules,
      ...(hardRules ? labelConstraints(input.priors ?? null, labels, input.labelMap ?? {}) : {}),
      abstainBelow: settings(methods, 'abstain')?.below ?? null,
      conformal:
        conformal === undefined || task !== 'single-label'
          ? null
          : {
              coverage: conformal.coverage,
              threshold: conformalThreshold(
                hardRules ? afterHardRules(input, heldOut.probabilities) : heldOut.probabilities,
                y,
                labels.length,
                conformal.coverage,
              ),
            },
      labelledRows: full.rows,
    },
  }
}

/** Answers [rows, classes] as `applyFusion` gives them: the most confident hard rule decides. */
function afterHardRules({ pieces, table, labels }: FusionInput, probabilities: Float64Array) {
  const classes = labels.length
  const decided = probabilities.slice()
  for (let row = 0; row < table.rows; row += 1) {
    let [vote, confidence] = [-1, Number.NEGATIVE_INFINITY]
    pieces.forEach((piece, p) => {
      const own = table.votes[row * table.pieces + p] ?? -1
      if (!piece.hard || own < 0 || (piece.confidence ?? 0) <= confidence) return
      ;[vote, confidence] = [own, piece.confidence ?? 0]
    })
    if (vote < 0) continue
    for (let k = 0; k < classes; k += 1) decided[row * classes + k] = k === vote ? 1 : 0
  }
  return decided
}

/** Hard rules that will decide anyway take no part in the weights. */
const ignoredPieces = (input: FusionInput, hardRules: boolean): ReadonlySet<number> =>
  new Set(
    input.pieces.flatMap((piece, p) =>
      (hardRules && piece.hard) || input.idle?.has(p) === true ? [p] : [],
    ),
  )

/** Few rows are divided often, so that the choice does not hang on one division. */
function crossFitOptions(rows: number, seed: number, calibrates: boolean): CrossFitOptions {
  const calibrate = calibrates ? 'temperature' : 'nothing'
  if (rows <= 40) return { folds: Math.max(2, Math.min(10, rows)), repeats: 3, seed, calibrate }
  return { folds: 5, repeats: rows <= 400 ? 2 : 1, seed, calibrate }
}

/** Calibrated probabilities [rows, classes] of rows without labels. */
function fuseRows(
  input: FusionInput,
  rows: { readonly logits: Numbers; readonly table: ScoreTable },
  weights: Float64Array,
  calibration: Calibration | null,
): Float64Array {
  const classes = input.labels.length
  const y = new Int32Array(rows.table.rows * (input.task === 'multi-label' ? classes : 1))
  const design = createDesign({ task: input.task, ...rows, y })
  const probabilities = new Float64Array(design.rows * classes)
  const row = new Float64Array(classes)
  for (let i = 0; i < design.rows; i += 1) {
    fusedLogits(design, i, weights, row)
    const answer = toProbabilities(input.task, row)
    probabilities.set(
      calibration === null ? answer : calibrated(input.task, answer, calibration),
      i * classes,
    )
  }
  return probabilities
}

/** In front of the calibration the shift has an exponent; behind it that over the temperature. */
function shiftHeldOut(
  held: HeldOut,
  design: FusionDesign,
  shift: FittedFusion['priorShift'],
  temperature: number,
): HeldOut {
  if (shift === null) return held
  const { classes, rows } = design
  const probabilities = new Float64Array(held.probabilities.length)
  for (let i = 0; i < rows; i += 1) {
    const row = held.probabilities.slice(i * classes, (i + 1) * classes)
    probabilities.set(
      shifted(row, { ...shift, exponent: shift.exponent / temperature }),
      i * classes,
    )
  }
  return judge(design, held.logits, probabilities)
}
