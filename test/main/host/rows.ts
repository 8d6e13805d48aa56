import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const words = {
  negative: ['bad', 'awful', 'poor', 'sad'],
  neutral: ['plain', 'usual', 'common', 'even'],
  positive: ['good', 'great', 'fine', 'glad'],
} as const

const labels = ['negative', 'neutral', 'positive'] as const

/** Rows whose label can be read from their words, as CSV: every third row is of the same label. */
export function csvRows(rows: number, offset = 0): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = labels[row % labels.length] ?? 'neutral'
    const [first, second] = [row + offset, row * 3 + offset].map(
      (at) => words[label][at % words[label].length],
    )
    return `a ${first} and ${second} one,${label}`
  })
  return `text,label\n${lines.join('\n')}\n`
}

export interface Files {
  readonly train: string
  readonly test: string
}

/** Writes train.csv and test.csv. */
export async function writeRows(folder: string, trainRows = 96, testRows = 24): Promise<Files> {
  const train = join(folder, 'train.csv')
  const test = join(folder, 'test.csv')
  await writeFile(train, csvRows(trainRows))
  await writeFile(test, csvRows(testRows, 1))
  return { train, test }
}
