import { PythonRandom } from './python-random'

/** The three labelled sets of the starter kit, and their files in the source archive. */
export const starterSets = {
  film: 'movieReviewSnippets_GroundTruth.txt',
  amazon: 'amazonReviewSnippets_GroundTruth.txt',
  tweets: 'tweets_GroundTruth.txt',
} as const

export type StarterSet = keyof typeof starterSets

export type LabelledText = readonly [text: string, label: string]

const testRows = 800
const threshold = 0.5

/**
 * Labelled rows of a file of human ratings (`id TAB mean rating TAB text`): above 0.5 `positive`,
 * below −0.5 `negative`, the rest left out; shuffled by seed 0; the first 800 are the test.
 */
export function starterRows(text: string): {
  readonly train: readonly LabelledText[]
  readonly test: readonly LabelledText[]
} {
  const rows: LabelledText[] = []
  for (const line of splitLines(text)) {
    const [, rating, snippet, ...more] = line.replace(/\r+$/, '').split('\t')
    if (rating === undefined || snippet === undefined || more.length > 0) continue
    const value = Number(rating.trim())
    if (Math.abs(value) > threshold) rows.push([snippet, value > 0 ? 'positive' : 'negative'])
  }
  new PythonRandom(0).shuffle(rows)
  return { test: rows.slice(0, testRows), train: rows.slice(testRows) }
}

/** Terms and valences of the lexicon, as texts. */
export const lexiconRows = (text: string): readonly (readonly [string, string])[] =>
  splitLines(text).flatMap((line) => {
    const [term, valence] = line.split('\t')
    return term === undefined || valence === undefined ? [] : [[term, valence] as const]
  })

/** A CSV file as Python's csv module writes it: `\r\n`, quotes only where they are needed. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  const field = (value: string): string =>
    /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

/** Python's `str.splitlines()`: more signs end a line there than elsewhere. */
export function splitLines(text: string): readonly string[] {
  // eslint-disable-next-line no-control-regex -- these control characters are line ends in Python
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
