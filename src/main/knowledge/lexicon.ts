import type { Contrast, Lexicon, LexiconEntry, PieceMatch } from '@shared/domain'
import { ContrastFinder, contrastFactor } from './contrast'
import type { Influence } from './cues'
import { CueFinder } from './cues'
import type { FindTerms, Found } from './lexicon-terms'
import { findTerms } from './lexicon-terms'
import type { RowBatch } from './row-batch'
import { fieldOf } from './row-batch'
import type { Piece } from './types'

/** What a lexicon says about a row: sums and votes by label. */
export interface Judgement {
  /** Indexes of the labels that it speaks of, and the sum and score of each, -1 to 1. */
  readonly labels: readonly number[]
  /** Of the weights that were found, negation, intensifiers and contrast applied. */
  readonly sums: readonly number[]
  readonly scores: readonly number[]
  /** Index of a label; -1: abstains. */
  readonly vote: number
}

/** Sums are divided by this before tanh squashes them. */
const temperature = 4

/** A lexicon made ready for the labels of a dataset. Throws SyntaxError for a damaged pattern. */
export class LexiconReader {
  readonly piece: Piece
  readonly #entries: readonly LexiconEntry[]
  /** Index of each entry's label; -1: a valence. */
  readonly #labels: readonly number[]
  readonly #above: number
  readonly #below: number
  readonly #factor: number
  readonly #find: FindTerms
  readonly #cues: CueFinder
  readonly #contrast: Contrast | null
  readonly #turns: ContrastFinder

  constructor(lexicon: Lexicon, labelIndex: (label: string) => number) {
    const { valence, match, caseSensitive } = lexicon
    this.#above = valence === null ? -1 : labelIndex(valence.above)
    this.#below = valence === null ? -1 : labelIndex(valence.below)
    const hasValence = this.#above !== -1 || this.#below !== -1
    this.#entries = lexicon.entries.filter(({ label }) =>
      label === null ? hasValence : labelIndex(label) !== -1,
    )
    this.#labels = this.#entries.map(({ label }) => (label === null ? -1 : labelIndex(label)))
    this.#factor = lexicon.negation?.factor ?? 1
    this.#find = findTerms(this.#entries, match, caseSensitive)
    this.#cues = new CueFinder(lexicon)
    this.#contrast = lexicon.contrast
    this.#turns = new ContrastFinder(lexicon.contrast?.words ?? [])
    this.piece = {
      id: `lexicon:${lexicon.id}`,
      kind: 'lexicon',
      label: this.#onlyLabel(),
      confidence: null,
      hard: false,
    }
  }

  #onlyLabel(): number {
    const [first = -1, ...others] = new Set(this.#labels)
    return others.length === 0 ? first : -1
  }

  /** Null where it finds nothing. */
  judge(batch: RowBatch, row: number): Judgement | null {
    const labels: number[] = []
    const sums: number[] = []
    let found = false
    const add = (label: number, weight: number): void => {
      if (label === -1) return
      const at = labels.indexOf(label)
      if (at !== -1) sums[at] = (sums[at] ?? 0) + weight
      else {
        labels.push(label)
        sums.push(weight)
      }
    }
    this.#weigh(batch, row, (_text, { entry }, weight) => {
      found = true
      const label = this.#labels[entry] ?? -1
      if (label !== -1) add(label, weight)
      else {
        add(this.#above, weight)
        add(this.#below, -weight)
      }
    })
    if (!found) return null
    const scores = sums.map((sum) => Math.tanh(sum / temperature))
    return { labels, sums, scores, vote: voteOf(labels, sums) }
  }

  /** Where it finds something in a row. */
  places(batch: RowBatch, row: number): readonly PieceMatch[] {
    const places: PieceMatch[] = []
    this.#weigh(batch, row, (text, { entry, start, end }, weight, { negated, amount }, factor) => {
      places.push({
        piece: this.piece.id,
        field: fieldOf(text),
        term: this.#entries[entry]?.term ?? '',
        ...{ start, end, weight, negated, intensified: amount !== 0, contrasted: factor !== 1 },
      })
    })
    return places
  }

  #weigh(batch: RowBatch, row: number, sink: WeightSink): void {
    for (let text = 2 * row; text < 2 * row + 2; text += 1) {
      const found = this.#find(batch, text)
      if (found.length === 0) continue
      const cues = this.#cues.find(batch, text)
      const turn = this.#turns.find(batch, text, found)
      const from = batch.firstWord(text)
      for (const one of found) {
        const weight = this.#entries[one.entry]?.weight ?? 0
        // What stands before a contrasting word does nothing to what stands behind it.
        const start = turn === undefined || one.first < turn.next ? from : turn.next
        const influence =
          cues.size === 0 ? noInfluence : this.#cues.influence(batch, start, one.first, cues, found)
        const factor = contrastFactor(this.#contrast, turn, one)
        sink(text, one, this.#influenced(weight, influence) * factor, influence, factor)
      }
    }
  }

  #influenced(weight: number, { negated, amount }: Influence): number {
    const size = amount === 0 ? Math.abs(weight) : Math.max(0, Math.abs(weight) + amount)
    return Math.sign(weight) * size * (negated ? this.#factor : 1)
  }
}

/** `factor`: of the term's side of a contrast. */
type WeightSink = (
  text: number,
  found: Found,
  weight: number,
  influence: Influence,
  factor: number,
) => void

const noInfluence: Influence = { negated: false, amount: 0 }

/** The label with the greatest sum above 0; -1 where there is none, or more than one. */
function voteOf(labels: readonly number[], sums: readonly number[]): number {
  let [vote, greatest] = [-1, 0]
  sums.forEach((sum, at) => {
    if (sum > greatest) [vote, greatest] = [labels[at] ?? -1, sum]
    else if (sum === greatest) vote = -1
  })
  return vote
}
