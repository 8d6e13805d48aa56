import { joinRows, type TokenizedRows } from '../../data/tokenized'
import type { TextTokenizer } from '../../data/tokenizer'
import { termTexts } from '../../knowledge/term-texts'
import type { ScoreTable } from '../../knowledge/types'
import type { Knowledge } from './context'
import { smoothed, type SoftLabels, type StageRows } from './soft-labels'
import { spread } from './spread'
import { tokenBatch } from './token-batch'

/** A pack's own words as short texts, with what the pack says of each. */
export interface PackWords {
  readonly tokens: TokenizedRows
  readonly rows: StageRows
  readonly soft: SoftLabels
}

/** Texts that are made of a pack, at most: a stage sees fewer. */
const mostTexts = 30_000

/** Least score of the class that a text speaks for; below, people do not agree about a word. */
const leastScore = 0.15

/** Tokens of a text, at most. */
const mostTokens = 64

/**
 * A pack's own words, each as a text of its own with the class that the pack gives it: a model that
 * learns them carries their meaning over to words like these, which no rule or lexicon lists. Classes
 * count alike in total.
 */
export function packWords(
  { content, compiled }: Pick<Knowledge, 'content' | 'compiled'>,
  tokenizer: Pick<TextTokenizer, 'encode' | 'padId'>,
): PackWords {
  const all = termTexts(content)
  const texts = Array.from(spread(all.length, mostTexts), (at) => all[at] ?? '')
  const table = compiled.score(texts.map((text) => ({ text, pair: null, columns: {} })))
  const told = texts.flatMap((text, row) => {
    const label = labelOf(table, row)
    return label === null ? [] : [{ text, label }]
  })
  const y = Int32Array.from(told, ({ label }) => label)
  const counts = new Float64Array(table.labels)
  for (const label of y) counts[label] = (counts[label] ?? 0) + 1
  const spoken = counts.filter((count) => count > 0).length
  const positions = Int32Array.from(told, (_, at) => at)
  const tokens = joinRows(told.map(({ text }) => tokenizer.encode(text, null, mostTokens)))
  return {
    tokens,
    rows: {
      lengths: tokens.lengths,
      batchOf: (some) => tokenBatch(tokens, some, tokenizer.padId, undefined),
      scoresOf: undefined,
    },
    soft: {
      ...smoothed(positions, y, table.labels),
      weights: Float32Array.from(y, (label) => y.length / (spoken * (counts[label] ?? 1))),
    },
  }
}

/** The class with the greatest score of all pieces together; null where none stands out. */
function labelOf({ pieces, labels, scores }: ScoreTable, row: number): number | null {
  const sums = Array.from({ length: labels }, (_, label) => {
    let sum = 0
    for (let piece = 0; piece < pieces; piece += 1) {
      sum += scores[(row * pieces + piece) * labels + label] ?? 0
    }
    return sum
  })
  const most = Math.max(...sums)
  const label = sums.indexOf(most)
  return most < leastScore || sums.lastIndexOf(most) !== label ? null : label
}
