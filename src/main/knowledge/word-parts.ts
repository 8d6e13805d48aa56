import { foldCase } from './folding'
import type { WordTable } from './word-table'

/**
 * Finds the texts in which letters or digits in a row stand: such a run lies in one word, so only
 * the distinct words are searched.
 */
export class WordParts {
  /** The forms of the table, folded, one a line. */
  readonly #forms: string
  /** Where the line of each of them begins. */
  readonly #lines: Int32Array
  /** Where each pair of letters stands in them: from pairs[b] to below pairs[b + 1] of `#places`. */
  readonly #pairs: Int32Array
  readonly #places: Int32Array
  /** Texts with the form of line l: from offsets[l] to below offsets[l + 1]. */
  readonly #offsets: Int32Array
  readonly #texts: Int32Array

  constructor({ forms, form, offsets }: WordTable) {
    // The forms may be those of many tables.
    const used = [...new Set(form)]
    const lineOf = new Map(used.map((number, line) => [number, line]))
    const folded = used.map((number) => foldCase(forms.written(number)))
    this.#forms = folded.join('\n')
    this.#lines = new Int32Array(used.length)
    for (let line = 1; line < used.length; line += 1) {
      this.#lines[line] = (this.#lines[line - 1] ?? 0) + (folded[line - 1]?.length ?? 0) + 1
    }
    const pairs = new Int32Array(buckets + 1)
    for (let at = 0; at + 1 < this.#forms.length; at += 1) {
      const next = bucketOf(this.#forms, at) + 1
      pairs[next] = (pairs[next] ?? 0) + 1
    }
    this.#pairs = pairs
    accumulate(pairs)
    this.#places = new Int32Array(pairs[buckets] ?? 0)
    const free = pairs.slice()
    for (let at = 0; at + 1 < this.#forms.length; at += 1) {
      const bucket = bucketOf(this.#forms, at)
      const place = free[bucket] ?? 0
      this.#places[place] = at
      free[bucket] = place + 1
    }
    const lines = form.map((number) => lineOf.get(number) ?? 0)
    this.#offsets = new Int32Array(used.length + 1)
    for (const line of lines) this.#offsets[line + 1] = (this.#offsets[line + 1] ?? 0) + 1
    accumulate(this.#offsets)
    this.#texts = new Int32Array(lines.length)
    const next = this.#offsets.slice()
    for (let text = 0; text + 1 < offsets.length; text += 1) {
      for (let at = offsets[text] ?? 0; at < (offsets[text + 1] ?? 0); at += 1) {
        const line = lines[at] ?? 0
        const place = next[line] ?? 0
        this.#texts[place] = text
        next[line] = place + 1
      }
    }
  }

  /**
   * Calls `visit` for the texts that hold the run, some more than once. Only where its rarest pair
   * of letters stands the run is looked for; a run has two letters at least.
   */
  texts(run: string, visit: (text: number) => void): void {
    let [rarest, fewest] = [0, Number.POSITIVE_INFINITY]
    for (let at = 0; at + 1 < run.length; at += 1) {
      const bucket = bucketOf(run, at)
      const count = (this.#pairs[bucket + 1] ?? 0) - (this.#pairs[bucket] ?? 0)
      if (count < fewest) [rarest, fewest] = [at, count]
    }
    const bucket = bucketOf(run, rarest)
    let last = -1
    for (let at = this.#pairs[bucket] ?? 0; at < (this.#pairs[bucket + 1] ?? 0); at += 1) {
      const start = (this.#places[at] ?? 0) - rarest
      if (start < 0 || !this.#forms.startsWith(run, start)) continue
      const line = this.#lineAt(start)
      if (line !== last) this.#visitLine(line, visit)
      last = line
    }
  }

  #visitLine(line: number, visit: (text: number) => void): void {
    const end = this.#offsets[line + 1] ?? 0
    for (let place = this.#offsets[line] ?? 0; place < end; place += 1) {
      visit(this.#texts[place] ?? 0)
    }
  }

  /** The line that holds this character: bisection. */
  #lineAt(character: number): number {
    let [low, high] = [0, this.#lines.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lines[middle] ?? 0) <= character) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** Pairs of letters are told apart by the last seven bits of both: others share a bucket at worst. */
const buckets = 1 << 14

const bucketOf = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 127) << 7) | (text.charCodeAt(at + 1) & 127)

/** Counts, each one place further on, become offsets. */
function accumulate(counts: Int32Array): void {
  for (let at = 1; at < counts.length; at += 1) {
    counts[at] = (counts[at] ?? 0) + (counts[at - 1] ?? 0)
  }
}
