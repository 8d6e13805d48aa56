import type { Provenance, ProvenanceStep } from '@shared/domain/knowledge'
import { argmax } from '../softmax'
import type { CompiledPack, PieceEvidence } from '../types'
import { conformalSet } from './conformal'
import { applyConstraints } from './constraints'
import { constraintText, hardRuleText, pieceText, priorText } from './describe'
import type { FittedFusion } from './fitted'
import { neighbourShares, type Neighbour } from './neighbours'
import { calibrated, shifted, toProbabilities, type FusionTask } from './steps'

/** One row that is asked about. */
export interface FusionRow {
  /** [classes], of the model alone. */
  readonly logits: readonly number[] | Float32Array | Float64Array
  readonly evidence: readonly PieceEvidence[]
  /** The nearest labelled rows, nearest first; needed where the fusion has neighbours. */
  readonly neighbours?: readonly Neighbour[]
}

export interface FusedAnswer {
  readonly label: string
  readonly labels: readonly string[]
  readonly probabilities: readonly number[]
  readonly provenance: Provenance
}

type Step = Omit<ProvenanceStep, 'probabilities' | 'disagrees' | 'label'> & {
  readonly probabilities: Float64Array
  /** The class it speaks for, where that is known better than by what it raised. */
  readonly label?: number
}

/**
 * Applies a fitted fusion to one row, in the order model → lexicons → rules → neighbours → prior →
 * calibration → hard rules. Every step carries the probabilities after it: without the last steps
 * the answer is exactly what the step before them says.
 */
export function applyFusion(
  fitted: FittedFusion,
  pack: Pick<CompiledPack, 'pieces'>,
  row: FusionRow,
): FusedAnswer {
  const { task, labels } = fitted
  const model = toProbabilities(task, Float64Array.from(row.logits))
  const steps: Step[] = []
  const current = (): Float64Array => steps.at(-1)?.probabilities ?? model
  const append = (added: readonly Step[]): void => {
    steps.push(...added)
  }
  append(pieceSteps(fitted, pack, row))
  append(neighbourSteps(fitted, row.neighbours ?? [], current()))
  append(priorSteps(fitted, current()))
  append(calibrationSteps(fitted, current()))
  append(hardRuleSteps(fitted, pack, row.evidence, current()))
  append(constraintSteps(fitted, current()))

  const final = current()
  const chosen = labelsOf(task, labels, final)
  const modelLabels = labelsOf(task, labels, model)
  return {
    label: chosen.join('|'),
    labels: chosen,
    probabilities: Array.from(final),
    provenance: {
      model: { label: modelLabels.join('|'), probabilities: Array.from(model) },
      steps: finish(steps, labels, model, modelLabels),
      set: fitted.conformal === null ? null : conformalLabels(fitted, final),
      abstained: fitted.abstainBelow !== null && sureness(task, final) < fitted.abstainBelow,
    },
  }
}

/** The most probable label; for multi-label all above one half. */
function labelsOf(
  task: FusionTask,
  labels: readonly string[],
  probabilities: Float64Array,
): readonly string[] {
  if (task === 'single-label') return [labels[argmax(probabilities)] ?? '']
  return labels.filter((_, k) => (probabilities[k] ?? 0) > 0.5)
}

/** Probability of the answer; for multi-label that of its least sure label. */
const sureness = (task: FusionTask, probabilities: Float64Array): number =>
  task === 'single-label'
    ? Math.max(...probabilities)
    : Math.min(...Array.from(probabilities, (p) => Math.max(p, 1 - p)))

const conformalLabels = (
  { labels, conformal }: FittedFusion,
  probabilities: Float64Array,
): readonly string[] =>
  conformalSet(probabilities, conformal?.threshold ?? null).map((k) => labels[k] ?? '')

/** Names the class of each step, and whether it speaks against the model. */
function finish(
  steps: readonly Step[],
  labels: readonly string[],
  model: Float64Array,
  modelLabels: readonly string[],
): readonly ProvenanceStep[] {
  let before = model
  return steps.map((step) => {
    const raised = step.probabilities.map((p, k) => p - (before[k] ?? 0))
    before = step.probabilities
    const most = argmax(raised)
    const place = step.label ?? ((raised[most] ?? 0) > 1e-12 ? most : -1)
    const label = step.kind === 'calibration' ? null : (labels[place] ?? null)
    return {
      ...step,
      label,
      probabilities: Array.from(step.probabilities),
      disagrees: label !== null && step.weight !== 0 && !modelLabels.includes(label),
    }
  })
}

function pieceSteps(
  fitted: FittedFusion,
  pack: Pick<CompiledPack, 'pieces'>,
  row: FusionRow,
): readonly Step[] {
  const weights = new Map<string, number>(fitted.weights.map((one) => [one.piece, one.weight]))
  const logits = Float64Array.from(row.logits)
  const steps: Step[] = []
  for (const evidence of [...row.evidence].sort((a, b) => a.piece - b.piece)) {
    const piece = pack.pieces[evidence.piece]
    if (piece === undefined || (piece.hard && fitted.hardRules)) continue
    const weight = weights.get(piece.id) ?? 0
    evidence.scores.forEach((score, k) => {
      logits[k] = (logits[k] ?? 0) + weight * score
    })
    steps.push({
      kind: piece.kind,
      id: piece.id,
      text: pieceText(piece, evidence, weight),
      matches: evidence.matches,
      ...(evidence.sums && {
        sums: evidence.sums.map(({ label, sum }) => ({
          ...{ label: fitted.labels[label] ?? '', sum },
          score: evidence.scores[label] ?? 0,
        })),
      }),
      weight,
      probabilities: toProbabilities(fitted.task, logits),
    })
  }
  return steps
}

/** One step a neighbour: its share of the mixture is added, that of the model shrinks. */
function neighbourSteps(
  { neighbours: settings, labels }: FittedFusion,
  all: readonly Neighbour[],
  before: Float64Array,
): readonly Step[] {
  if (settings === null || all.length === 0) return []
  const near = all.slice(0, settings.k)
  const shares = neighbourShares(near, settings.temperature)
  const added = new Float64Array(labels.length)
  let taken = 0
  return near.map((neighbour, at) => {
    const weight = settings.weight * (shares[at] ?? 0)
    taken += weight
    for (const label of neighbour.labels) added[label] = (added[label] ?? 0) + weight
    const [label] = neighbour.labels
    return {
      kind: 'neighbour',
      id: `neighbour:${neighbour.id}`,
      text: neighbour.text,
      matches: [],
      weight,
      ...(label === undefined ? {} : { label }),
      probabilities: before.map((p, k) => (1 - taken) * p + (added[k] ?? 0)),
    }
  })
}

function priorSteps(fitted: FittedFusion, before: Float64Array): readonly Step[] {
  if (fitted.priorShift === null) return []
  return [
    {
      kind: 'prior',
      id: 'prior',
      text: priorText(fitted.labels, fitted.priorShift),
      matches: [],
      weight: fitted.priorShift.exponent,
      probabilities: shifted(before, fitted.priorShift),
    },
  ]
}

function calibrationSteps(fitted: FittedFusion, before: Float64Array): readonly Step[] {
  if (fitted.calibration === null) return []
  const { temperature } = fitted.calibration
  return [
    {
      kind: 'calibration',
      id: 'calibration',
      text: `temperature ${temperature.toFixed(2)}`,
      matches: [],
      weight: temperature,
      probabilities: calibrated(fitted.task, before, fitted.calibration),
    },
  ]
}

/** The surest hard rule comes last and decides; of equals the first of the pack. */
function hardRuleSteps(
  fitted: FittedFusion,
  pack: Pick<CompiledPack, 'pieces'>,
  evidence: readonly PieceEvidence[],
  before: Float64Array,
): readonly Step[] {
  if (!fitted.hardRules) return []
  let probabilities = before
  return evidence
    .flatMap((one) => {
      const piece = pack.pieces[one.piece]
      return piece?.hard === true && one.vote >= 0 ? [{ one, piece }] : []
    })
    .sort(
      (a, b) => (a.piece.confidence ?? 0) - (b.piece.confidence ?? 0) || b.one.piece - a.one.piece,
    )
    .map(({ one, piece }) => {
      probabilities =
        fitted.task === 'multi-label'
          ? probabilities.map((p, k) => (k === one.vote ? 1 : p))
          : probabilities.map((_, k) => (k === one.vote ? 1 : 0))
      return {
        kind: 'hard-rule',
        id: `hard:${piece.id}`,
        text: hardRuleText(piece, one),
        matches: one.matches,
        weight: 1,
        label: one.vote,
        probabilities,
      }
    })
}

function constraintSteps(fitted: FittedFusion, before: Float64Array): readonly Step[] {
  if (!fitted.hardRules || fitted.task !== 'multi-label') return []
  return applyConstraints(fitted, fitted.labels, before).map((constraint, at) => ({
    kind: 'hard-rule',
    id: `${constraint.kind}:${constraint.pair.join('>')}:${at}`,
    text: constraintText(constraint.kind, constraint.pair),
    matches: [],
    weight: 1,
    probabilities: constraint.probabilities,
  }))
}
