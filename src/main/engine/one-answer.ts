import type { Confusion } from '@shared/domain'

/** What to say where all rows of a part are answered with one class and labelled with several; null: nothing. */
export function oneAnswerWarning({ split, labels, counts }: Confusion): string | null {
  const answered = labels.filter((_, predicted) => counts.some((row) => (row[predicted] ?? 0) > 0))
  const labelled = counts.filter((row) => row.some((count) => count > 0)).length
  const [only] = answered
  if (only === undefined || answered.length > 1 || labelled < 2) return null
  const rows = counts.flat().reduce((sum, count) => sum + count, 0)
  return `All ${rows} ${split} rows are answered "${only}", although their labels are of ${labelled} classes. Train for more epochs or at another optimizer.learningRate, weight rare classes with loss.classWeights: balanced, or check that the label column fits the text.`
}
