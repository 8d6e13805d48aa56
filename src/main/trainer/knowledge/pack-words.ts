import type { TokenizedRows } from '../../data/tokenized'
import type { TextTokenizer } from '../../data/tokenizer'
import { compilePack } from '../../knowledge/compile'
import { termTexts, wordParts } from '../../knowledge/term-texts'
import type { ScoreTable } from '../../knowledge/types'
import type { Knowledge } from './context'
import { smoothed, type SoftLabels, type StageRows } from './soft-labels'
import { textRows } from './text-rows'

/** A pack's own words as short texts, with what the pack says of each. */
export interface PackWords {
  readonly tokens: TokenizedRows
  readonly rows: StageRows
  readonly soft: SoftLabels
}

/** Terms of a lexicon, at most: a stage sees the texts of fewer. */
const mostTerms = 10_000

/** Least score of a text, as a share of the middle one: of what is weaker people do not agree. */
const leastShare = 0.3

/** Tokens of a text, at most. */
const mostTokens = 64

/**
 * A pack's own words, each as a text of its own with the class that the pack gives it: a model that
 * learns them carries their meaning over to words like these, which no rule or lexicon lists. Classes
 * count alike in total.
 */
export function packWords(
  { content, compiled, choice }: Pick<Knowledge, 'content' | 'compiled' | 'choice'>,
  tokenizer: Pick<TextTokenizer, 'encode' | 'padId'>,
): PackWords {
  const { labels } = compiled
  const pack = compilePack(wordParts(content), labels, choice.labels, choice.without)
  const texts = termTexts(content, mostTerms)
  const table = pack.score(texts.map((text) => ({ text, pair: null, columns: {} })))
  const said = texts.map((text, row) => ({ text, ...strongest(table, row) }))
  const scores = said.flatMap(({ score }) => (score > 0 ? [score] : [])).sort((a, b) => a - b)
  const least = leastShare * (scores[scores.length >> 1] ?? 0)
  const told = said.filter(({ score }) => score > 0 && score >= least)
  const y = Int32Array.from(told, ({ label }) => label)
  const counts = new Float64Array(labels.length)
  for (const label of y) counts[label] = (counts[label] ?? 0) + 1
  const spoken = counts.filter((count) => count > 0).length
  const positions = Int32Array.from(told, (_, at) => at)
  return {
    ...textRows(
      told.map(({ text }) => text),
      tokenizer,
      mostTokens,
    ),
    soft: {
      ...smoothed(positions, y, labels.length),
      weights: Float32Array.from(y, (label) => y.length / (spoken * (counts[label] ?? 1))),
    },
  }
}

/** The class with the greatest score of all pieces together; a score of 0 where none stands out. */
function strongest(
  { pieces, labels, scores }: ScoreTable,
  row: number,
): { readonly label: number; readonly score: number } {
  const sums = Array.from({ length: labels }, (_, label) => {
    let sum = 0
    for (let piece = 0; piece < pieces; piece += 1) {
      sum += scores[(row * pieces + piece) * labels + label] ?? 0
    }
    return sum
  })
  const most = Math.max(...sums)
  const label = sums.indexOf(most)
  return { label, score: sums.lastIndexOf(most) === label ? most : 0 }
}
