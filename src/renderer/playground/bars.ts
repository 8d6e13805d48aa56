import type { Prediction } from '@shared/domain'

export interface Bar {
  readonly label: string
  readonly probability: number
  readonly logit: number
  /** Among the labels that were answered. */
  readonly answered: boolean
}

/** The labels of a prediction, the most probable one first. */
export function barsOf(prediction: Prediction): readonly Bar[] {
  const answers = new Set(prediction.label.split('|'))
  return prediction.labels
    .map((label, index) => ({
      label,
      probability: prediction.probabilities[index] ?? 0,
      logit: prediction.logits[index] ?? Number.NaN,
      answered: label === prediction.label || answers.has(label),
    }))
    .sort((a, b) => b.probability - a.probability)
}

/** A regression's answer is a number, not a label. */
export const isNumberAnswer = (prediction: Prediction): boolean => prediction.labels.length === 0

/** A name for the file of predictions beside the input's own. */
export function outputName(input: string): string {
  const file = input.split(/[\\/]/).at(-1) ?? input
  const dot = file.lastIndexOf('.')
  const extension = /\.(csv|tsv|jsonl)$/i.exec(file)?.[0] ?? '.csv'
  return `${dot > 0 ? file.slice(0, dot) : file}-predicted${extension.toLowerCase() === '.tsv' ? '.csv' : extension}`
}
