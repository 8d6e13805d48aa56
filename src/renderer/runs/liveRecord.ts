import type { ExamplePrediction, LogLine } from '@shared/domain'

/** Lines with new ones appended; a line that is there already, by its number, is left out. */
export function withLines(
  lines: readonly LogLine[],
  added: readonly LogLine[],
): readonly LogLine[] {
  const last = lines.at(-1)?.seq ?? Number.NEGATIVE_INFINITY
  const fresh = added.filter((line) => line.seq > last)
  return fresh.length === 0 ? lines : [...lines, ...fresh]
}

/** All answers to watched rows, each once, in the order of rows and steps. */
export function withExamples(
  known: readonly ExamplePrediction[],
  added: readonly ExamplePrediction[],
): readonly ExamplePrediction[] {
  const byKey = new Map(known.map((each) => [`${each.row}:${each.step}`, each]))
  for (const each of added) byKey.set(`${each.row}:${each.step}`, each)
  return [...byKey.values()].sort((a, b) => a.row - b.row || a.step - b.step)
}

/** One watched row and how the answer to it changed. */
export interface WatchedRow {
  readonly row: number
  readonly text: string
  readonly label: string
  /** In the order of steps; at least one. */
  readonly answers: readonly ExamplePrediction[]
  readonly last: ExamplePrediction
}

export function watchedRows(examples: readonly ExamplePrediction[]): readonly WatchedRow[] {
  const rows = new Map<number, ExamplePrediction[]>()
  for (const example of examples) {
    const answers = rows.get(example.row)
    if (answers === undefined) rows.set(example.row, [example])
    else answers.push(example)
  }
  return [...rows.values()].flatMap((answers) => {
    const last = answers.at(-1)
    if (last === undefined) return []
    return [{ row: last.row, text: last.text, label: last.label, answers, last }]
  })
}
