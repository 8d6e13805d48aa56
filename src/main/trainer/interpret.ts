import type { DataRow, TaskKind } from '@shared/domain/dataset'
import { argmax, sigmoid, softmax } from './metrics'

/** What the outputs of one row say. */
export interface Interpretation {
  readonly label: string
  /** Softmax over classes, a sigmoid each for multi-label; the value itself for regression. */
  readonly probabilities: readonly number[]
  /** Of what is predicted: of the class, of the least sure one of several, 1 for regression. */
  readonly probability: number
}

/** Reads the `logits` of one row, one number a label (regression: one number). */
export function interpret(
  logits: readonly number[],
  task: TaskKind,
  labels: readonly string[],
): Interpretation {
  switch (task) {
    case 'single-label': {
      const probabilities = softmax(logits)
      const best = argmax(logits, 0, logits.length)
      return {
        label: labels[best] ?? String(best),
        probabilities,
        probability: probabilities[best] ?? 0,
      }
    }
    case 'multi-label': {
      const probabilities = logits.map(sigmoid)
      const chosen = labels.filter((_, index) => (logits[index] ?? 0) > 0)
      const sureness = probabilities.map((value) => Math.max(value, 1 - value))
      return { label: chosen.join('|'), probabilities, probability: Math.min(...sureness) }
    }
    case 'regression': {
      const value = logits[0] ?? 0
      return { label: String(value), probabilities: [value], probability: 1 }
    }
  }
}

/** The label of a row as people read it. */
export const labelText = (label: DataRow['label']): string => {
  if (label === null) return ''
  return typeof label === 'object' ? label.join('|') : String(label)
}
