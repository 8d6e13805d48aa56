import type { TrainingMethod } from '@shared/domain/knowledge'
import { chooseLabelModel, fitLabelModel } from '../../knowledge/label-models/choose'
import { argmax } from '../../knowledge/softmax'
import { tableRows } from '../../knowledge/table-rows'
import type { Prepared } from '../prepare'
import type { Knowledge } from './context'
import type { SoftLabels } from './soft-labels'

export type WeakSettings = Extract<TrainingMethod, { readonly use: 'weak' }>

/**
 * What the pack's label model says of training and unlabelled rows. Labels of the training rows are
 * not used, so that every draw of labelled rows gets the same weak labels. A row counts by how far
 * its most probable class is above chance; classes count alike in total.
 */
export function weakLabels(
  { compiled, scores }: Knowledge,
  { parts }: Pick<Prepared, 'parts'>,
  { labelModel, confidence }: Pick<WeakSettings, 'labelModel' | 'confidence'>,
): { readonly soft: SoftLabels; readonly model: string } {
  const candidates = Int32Array.from([...parts.train, ...parts.unlabelled]).sort()
  const table = tableRows(scores, candidates)
  const nobody = { rows: new Int32Array(0), y: new Int32Array(0) }
  const { name, fit } =
    labelModel === 'auto'
      ? chooseLabelModel(table, compiled.pieces, nobody)
      : { name: labelModel, fit: fitLabelModel(labelModel, table, compiled.pieces, nobody) }
  return { soft: select(fit.probabilities, candidates, scores.labels, confidence), model: name }
}

function select(
  probabilities: Float32Array,
  candidates: Int32Array,
  classes: number,
  confidence: number,
): SoftLabels {
  const kept: { readonly at: number; readonly label: number; readonly weight: number }[] = []
  const totals = new Float64Array(classes)
  for (let at = 0; at < candidates.length; at += 1) {
    const label = argmax(probabilities, at * classes, classes)
    const most = probabilities[at * classes + label] ?? 0
    if (most < Math.max(confidence, 1 / classes + 1e-6)) continue
    const weight = (most - 1 / classes) / (1 - 1 / classes)
    kept.push({ at, label, weight })
    totals[label] = (totals[label] ?? 0) + weight
  }
  const spoken = totals.filter((total) => total > 0).length
  const distributions = new Float32Array(kept.length * classes)
  kept.forEach(({ at }, row) => {
    distributions.set(probabilities.subarray(at * classes, (at + 1) * classes), row * classes)
  })
  return {
    rows: Int32Array.from(kept, ({ at }) => candidates[at] ?? 0),
    distributions,
    weights: Float32Array.from(kept, ({ label, weight }) => {
      return (weight * kept.length) / (spoken * (totals[label] ?? 1))
    }),
  }
}

/** How many classes the weak labels speak for: with one alone there is nothing to tell apart. */
export function classesSpoken({ distributions, rows }: SoftLabels): number {
  const classes = rows.length === 0 ? 0 : distributions.length / rows.length
  const seen = new Set<number>()
  for (let row = 0; row < rows.length; row += 1) {
    seen.add(argmax(distributions, row * classes, classes))
  }
  return seen.size
}
