import type { ColumnRoles, ColumnType, PreviewColumn } from '@shared/domain/dataset'

const textNames = [
  'text',
  'sentence',
  'review',
  'content',
  'body',
  'comment',
  'tweet',
  'message',
  'document',
  'snippet',
  'question',
  'title',
  'premise',
  'sentence1',
  'text_a',
  'text1',
  'input',
]
const pairNames = [
  'pair',
  'sentence2',
  'text_b',
  'text2',
  'hypothesis',
  'question2',
  'second',
  'response',
]
const labelNames = [
  'label',
  'labels',
  'class',
  'category',
  'target',
  'sentiment',
  'rating',
  'score',
  'stars',
  'valence',
  'polarity',
  'topic',
  'intent',
  'y',
  'gold',
]
const mostExamples = 5
const mostDistinct = 10_000

/** Gathers what can be said of one column, value by value, in bounded memory. */
class ColumnGuess {
  private rows = 0
  private missing = 0
  private numbers = 0
  private booleans = 0
  private characters = 0
  private readonly values = new Set<string>()

  constructor(readonly name: string) {}

  add(value: string | null | undefined): void {
    this.rows += 1
    const text = value?.trim() ?? ''
    if (text === '') {
      this.missing += 1
      return
    }
    this.characters += text.length
    if (Number.isFinite(Number(text))) this.numbers += 1
    if (/^(true|false|yes|no)$/i.test(text)) this.booleans += 1
    if (this.values.size < mostDistinct) this.values.add(text)
  }

  get filled(): number {
    return this.rows - this.missing
  }

  get averageLength(): number {
    return this.filled === 0 ? 0 : this.characters / this.filled
  }

  get type(): ColumnType {
    if (this.filled === 0) return 'empty'
    if (this.numbers === this.filled) return 'number'
    if (this.booleans === this.filled) return 'boolean'
    const few = this.values.size <= Math.max(20, this.filled / 20)
    return few && this.averageLength <= 40 && this.values.size < this.filled ? 'category' : 'text'
  }

  describe(): PreviewColumn {
    return {
      name: this.name,
      type: this.type,
      distinct: this.values.size,
      missing: this.missing,
      examples: [...this.values].slice(0, mostExamples).map((value) => value.slice(0, 200)),
    }
  }
}

export interface DescribedColumns {
  readonly columns: readonly PreviewColumn[]
  /** Which columns are text, second text and label, as far as names and values tell. */
  readonly suggested: Partial<ColumnRoles>
}

/** Describes columns by sample rows and guesses their roles. */
export function describeColumns(
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): DescribedColumns {
  const guesses = names.map((name) => new ColumnGuess(name))
  for (const row of rows) guesses.forEach((guess, at) => guess.add(row[at]))
  return { columns: guesses.map((guess) => guess.describe()), suggested: suggest(guesses) }
}

function suggest(guesses: readonly ColumnGuess[]): Partial<ColumnRoles> {
  const pair = byName(guesses, pairNames)
  const text =
    byName(
      guesses.filter((guess) => guess !== pair && guess.type !== 'number'),
      textNames,
    ) ?? longest(guesses.filter((guess) => guess !== pair))
  const others = guesses.filter((guess) => guess !== text && guess !== pair)
  const label =
    byName(others, labelNames) ??
    others.find(({ type }) => type === 'category' || type === 'boolean') ??
    (others.length === 1 && others[0]?.type === 'number' ? others[0] : undefined)
  return {
    ...(text === undefined ? {} : { text: text.name }),
    pair: pair?.name ?? null,
    label: label?.name ?? null,
  }
}

const byName = (
  guesses: readonly ColumnGuess[],
  names: readonly string[],
): ColumnGuess | undefined => {
  for (const name of names) {
    const found = guesses.find((guess) => guess.name.trim().toLowerCase() === name)
    if (found !== undefined) return found
  }
  return undefined
}

const longest = (guesses: readonly ColumnGuess[]): ColumnGuess | undefined =>
  guesses
    .filter(({ type }) => type === 'text' || type === 'category')
    .reduce<ColumnGuess | undefined>(
      (best, guess) =>
        best === undefined || guess.averageLength > best.averageLength ? guess : best,
      undefined,
    )
