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
    const lines = form.map((number) => lineOf.get(number) ?? 0)
    this.#offsets = new Int32Array(used.length + 1)
    for (const line of lines) this.#offsets[line + 1] = (this.#offsets[line + 1] ?? 0) + 1
    for (let line = 0; line < used.length; line += 1) {
      this.#offsets[line + 1] = (this.#offsets[line + 1] ?? 0) + (this.#offsets[line] ?? 0)
    }
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

  /** Calls `visit` for the texts that hold the run, some more than once. */
  texts(run: string, visit: (text: number) => void): void {
    let at = this.#forms.indexOf(run)
    while (at !== -1) {
      const line = this.#lineAt(at)
      const end = this.#offsets[line + 1] ?? 0
      for (let place = this.#offsets[line] ?? 0; place < end; place += 1) {
        visit(this.#texts[place] ?? 0)
      }
      const next = this.#lines[line + 1]
      at = next === undefined ? -1 : this.#forms.indexOf(run, next)
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
