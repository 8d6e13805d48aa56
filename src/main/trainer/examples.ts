import type { ExamplePrediction } from '@shared/domain/run'
import type { Evaluation } from './evaluate'
import { interpret, labelText } from './interpret'
import type { Setup } from './setup'

/** Rows that are watched as a run trains, and characters of their text that are told. */
const watched = 8
const longestText = 500

/** What an evaluation on the validation rows says of a few fixed rows, spread over the part. */
export function watchExamples(setup: Setup, evaluation: Evaluation): readonly ExamplePrediction[] {
  const { data, manifest, state } = setup
  const part = data.parts.validation
  const count = Math.min(watched, part.length)
  return Array.from({ length: count }, (_, index): ExamplePrediction | undefined => {
    const at = Math.floor((index * part.length) / count)
    const row = data.rows[part[at] ?? 0]
    if (row === undefined) return undefined
    const { outputs } = evaluation
    const logits = Array.from(evaluation.logits.subarray(at * outputs, (at + 1) * outputs))
    const { label, probability } = interpret(logits, manifest.task, manifest.labels)
    const text = row.pair === null ? row.text : `${row.text}\n${row.pair}`
    return {
      row: row.id,
      text: text.slice(0, longestText),
      label: labelText(row.label),
      predicted: label,
      probability,
      step: state.step,
    }
  }).filter((example) => example !== undefined)
}
