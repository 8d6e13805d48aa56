import { Forms } from './forms'
import { readWords } from './words'

/** The words of many texts in columns. */
export interface WordTable {
  readonly forms: Forms
  /** Words of text t: from offsets[t] to below offsets[t + 1]. */
  readonly offsets: Int32Array
  /** Per word: its number among the forms, its place in the text, its `wordFlags`. */
  readonly form: Int32Array
  readonly start: Int32Array
  readonly end: Int32Array
  readonly flags: Uint8Array
}

/** Collects the words of texts, one after the other. */
export class WordTableBuilder {
  readonly #forms: Forms
  readonly #offsets: number[] = [0]
  #form = new Int32Array(64)
  #start = new Int32Array(64)
  #end = new Int32Array(64)
  #flags = new Uint8Array(64)
  #words = 0

  constructor(forms: Forms) {
    this.#forms = forms
  }

  get words(): number {
    return this.#words
  }

  add(text: string): void {
    readWords(text, (start, end, flags) => {
      if (this.#words === this.#form.length) this.#grow()
      const at = this.#words
      this.#form[at] = this.#forms.number(text.slice(start, end))
      this.#start[at] = start
      this.#end[at] = end
      this.#flags[at] = flags
      this.#words += 1
    })
    this.#offsets.push(this.#words)
  }

  build(): WordTable {
    return {
      forms: this.#forms,
      offsets: Int32Array.from(this.#offsets),
      form: this.#form.subarray(0, this.#words),
      start: this.#start.subarray(0, this.#words),
      end: this.#end.subarray(0, this.#words),
      flags: this.#flags.subarray(0, this.#words),
    }
  }

  #grow(): void {
    const larger = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(2 * column.length)
      grown.set(column)
      return grown
    }
    this.#form = larger(this.#form)
    this.#start = larger(this.#start)
    this.#end = larger(this.#end)
    const flags = new Uint8Array(2 * this.#flags.length)
    flags.set(this.#flags)
    this.#flags = flags
  }
}

/** The words of these texts. */
export function wordTable(texts: Iterable<string>, forms = new Forms()): WordTable {
  const builder = new WordTableBuilder(forms)
  for (const text of texts) builder.add(text)
  return builder.build()
}
