/** Scalar metrics of one evaluation, without the name of the part: `loss`, `accuracy`, `f1.positive`. */
export type Metrics = Readonly<Record<string, number>>

/** Index of the greatest of `width` numbers from `offset`; the first one of equals. */
export function argmax(values: ArrayLike<number>, offset: number, width: number): number {
  let best = 0
  for (let i = 1; i < width; i++) {
    if ((values[offset + i] ?? 0) > (values[offset + best] ?? 0)) best = i
  }
  return best
}

/** softmax(x)_i = exp(x_i − max x) / Σ exp(x_j − max x). */
export function softmax(logits: readonly number[]): number[] {
  const greatest = Math.max(...logits)
  const exponentials = logits.map((logit) => Math.exp(logit - greatest))
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return exponentials.map((value) => value / sum)
}

export const sigmoid = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit))

interface Counts {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Precision, recall and F1 of counts; 0 where the denominator is 0, as in scikit-learn. */
function scores(counts: Counts): { precision: number; recall: number; f1: number } {
  const { truePositives, falsePositives, falseNegatives } = counts
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  }
}

function perClass(labels: readonly string[], counts: readonly Counts[]): Record<string, number> {
  const metrics: Record<string, number> = {}
  const all = counts.map(scores)
  const mean = (values: readonly number[]): number =>
    ratio(
      values.reduce((total, value) => total + value, 0),
      values.length,
    )
  metrics['macroF1'] = mean(all.map((score) => score.f1))
  metrics['macroPrecision'] = mean(all.map((score) => score.precision))
  metrics['macroRecall'] = mean(all.map((score) => score.recall))
  labels.forEach((label, index) => {
    const score = all[index]
    if (score === undefined) return
    metrics[`precision.${label}`] = score.precision
    metrics[`recall.${label}`] = score.recall
    metrics[`f1.${label}`] = score.f1
  })
  return metrics
}

export interface Classified {
  readonly metrics: Metrics
  /** `counts[actual][predicted]`. */
  readonly confusion: readonly (readonly number[])[]
}

/**
 * Single-label classification. `logits` is [rows, classes], `targets` the class of each row.
 * Loss: mean cross-entropy −1/N Σ log softmax(logits)[target].
 */
export function classification(
  logits: Float32Array,
  targets: Int32Array,
  labels: readonly string[],
): Classified {
  const classes = labels.length
  const confusion = labels.map(() => new Array<number>(classes).fill(0))
  let loss = 0
  let correct = 0
  targets.forEach((target, row) => {
    const offset = row * classes
    const predicted = argmax(logits, offset, classes)
    const line = confusion[target]
    if (line !== undefined) line[predicted] = (line[predicted] ?? 0) + 1
    if (predicted === target) correct += 1
    loss += logSumExp(logits, offset, classes) - (logits[offset + target] ?? 0)
  })
  const counts = labels.map((_, label): Counts => {
    const truePositives = confusion[label]?.[label] ?? 0
    const predicted = confusion.reduce((sum, line) => sum + (line[label] ?? 0), 0)
    const actual = confusion[label]?.reduce((sum, count) => sum + count, 0) ?? 0
    return {
      truePositives,
      falsePositives: predicted - truePositives,
      falseNegatives: actual - truePositives,
    }
  })
  const rows = targets.length
  return {
    metrics: {
      loss: ratio(loss, rows),
      accuracy: ratio(correct, rows),
      ...perClass(labels, counts),
    },
    confusion,
  }
}

function logSumExp(values: Float32Array, offset: number, width: number): number {
  let greatest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < width; i++) greatest = Math.max(greatest, values[offset + i] ?? 0)
  let sum = 0
  for (let i = 0; i < width; i++) sum += Math.exp((values[offset + i] ?? 0) - greatest)
  return greatest + Math.log(sum)
}

/**
 * Multi-label classification: a class is predicted when its logit is above 0 (probability above
 * one half). `logits` and `targets` are [rows, classes]. Loss: binary cross-entropy, mean over rows
 * and classes. `subsetAccuracy`: share of rows with every class right.
 */
export function multiLabel(
  logits: Float32Array,
  targets: Float32Array,
  labels: readonly string[],
): Metrics {
  const classes = labels.length
  const rows = targets.length / classes
  const counts = labels.map(() => ({ truePositives: 0, falsePositives: 0, falseNegatives: 0 }))
  let loss = 0
  let exact = 0
  for (let row = 0; row < rows; row++) {
    let wrong = 0
    counts.forEach((count, label) => {
      const logit = logits[row * classes + label] ?? 0
      const target = targets[row * classes + label] ?? 0
      loss += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)))
      const predicted = logit > 0
      const actual = target > 0.5
      if (predicted && actual) count.truePositives += 1
      else if (predicted) count.falsePositives += 1
      else if (actual) count.falseNegatives += 1
      if (predicted !== actual) wrong += 1
    })
    if (wrong === 0) exact += 1
  }
  const sum = (of: (counts: Counts) => number): number =>
    counts.reduce((total, count) => total + of(count), 0)
  const micro = scores({
    truePositives: sum((count) => count.truePositives),
    falsePositives: sum((count) => count.falsePositives),
    falseNegatives: sum((count) => count.falseNegatives),
  })
  return {
    loss: ratio(loss, rows * classes),
    subsetAccuracy: ratio(exact, rows),
    microF1: micro.f1,
    microPrecision: micro.precision,
    microRecall: micro.recall,
    ...perClass(labels, counts),
  }
}

/**
 * Regression: mean squared error (also the loss), mean absolute error, R² = 1 − SSE / SST and
 * Pearson's correlation. R² and Pearson are left out where a variance is 0: they are undefined.
 */
export function regression(predicted: Float32Array, targets: Float32Array): Metrics {
  const rows = targets.length
  const mean = (values: Float32Array): number =>
    ratio(
      values.reduce((sum, value) => sum + value, 0),
      rows,
    )
  const meanPredicted = mean(predicted)
  const meanTarget = mean(targets)
  let squared = 0
  let absolute = 0
  let varianceTarget = 0
  let variancePredicted = 0
  let covariance = 0
  targets.forEach((target, row) => {
    const value = predicted[row] ?? 0
    squared += (value - target) ** 2
    absolute += Math.abs(value - target)
    varianceTarget += (target - meanTarget) ** 2
    variancePredicted += (value - meanPredicted) ** 2
    covariance += (target - meanTarget) * (value - meanPredicted)
  })
  const mse = ratio(squared, rows)
  const metrics: Record<string, number> = { loss: mse, mse, mae: ratio(absolute, rows) }
  if (varianceTarget > 0) metrics['r2'] = 1 - squared / varianceTarget
  if (varianceTarget > 0 && variancePredicted > 0) {
    metrics['pearson'] = covariance / Math.sqrt(varianceTarget * variancePredicted)
  }
  return metrics
}
