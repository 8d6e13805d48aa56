import type { InputOf } from '@shared/contract'
import type { FilePreview, Part, PreviewColumn, TaskKind } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { parseCuts } from './cuts'
import { datasetName, guessPart } from './fileNames'

export interface ImportFile {
  readonly path: string
  readonly name: string
  readonly part: Part
}

interface Choices {
  readonly text?: string
  readonly pair?: string | null
  readonly label?: string | null
  readonly labelSeparator?: string | null
}

/**
 * An import that is being put together: files with their parts, how they are read, and what the
 * columns are. What the person did not choose is what the file suggests.
 */
export class ImportDraft {
  #client: Client
  #asked = 0
  files = $state.raw<readonly ImportFile[]>([])
  preview = $state.raw<FilePreview | null>(null)
  error = $state.raw<ErrorPayload | null>(null)
  reading = $state(false)
  #chosen = $state.raw<Choices>({})
  #name = $state<string | null>(null)
  delimiter = $state<string | null>(null)
  header = $state<boolean | null>(null)
  task = $state<TaskKind | null>(null)
  cutText = $state('')
  #cutNames = $state.raw<readonly string[]>([])

  constructor(client: Client) {
    this.#client = client
  }

  get name(): string {
    return this.#name ?? datasetName(this.files.map((file) => file.name))
  }

  set name(name: string) {
    this.#name = name
  }

  get text(): string | null {
    return this.#chosen.text ?? this.preview?.suggested.text ?? null
  }

  get pair(): string | null {
    return this.#chosen.pair === undefined
      ? (this.preview?.suggested.pair ?? null)
      : this.#chosen.pair
  }

  get label(): string | null {
    return this.#chosen.label === undefined
      ? (this.preview?.suggested.label ?? null)
      : this.#chosen.label
  }

  get labelSeparator(): string | null {
    return this.#chosen.labelSeparator === undefined
      ? (this.preview?.suggested.labelSeparator ?? null)
      : this.#chosen.labelSeparator
  }

  get labelColumn(): PreviewColumn | undefined {
    return this.preview?.columns.find((column) => column.name === this.label)
  }

  /** null: what was typed is no list of cut points. */
  get cuts(): readonly number[] | null {
    return this.labelColumn?.type === 'number' ? parseCuts(this.cutText) : []
  }

  cutName(index: number): string {
    return this.#cutNames[index] ?? ''
  }

  setCutName(index: number, name: string): void {
    const names = [...this.#cutNames]
    while (names.length <= index) names.push('')
    names[index] = name
    this.#cutNames = names
  }

  get ready(): boolean {
    return this.preview !== null && !this.reading && this.text !== null && this.cuts !== null
  }

  choose(choices: Choices): void {
    this.#chosen = { ...this.#chosen, ...choices }
  }

  async add(files: readonly { readonly path: string; readonly name: string }[]): Promise<void> {
    const isKnown = (path: string): boolean => this.files.some((file) => file.path === path)
    const added = files.filter((file) => !isKnown(file.path))
    const several = this.files.length + added.length > 1
    this.files = [
      ...this.files,
      ...added.map((file) => ({ ...file, part: several ? guessPart(file.name) : 'all' })),
    ]
    await this.read()
  }

  remove(path: string): void {
    this.files = this.files.filter((file) => file.path !== path)
    void this.read()
  }

  setPart(path: string, part: Part): void {
    this.files = this.files.map((file) => (file.path === path ? { ...file, part } : file))
  }

  setFormat(format: { readonly delimiter?: string; readonly header?: boolean }): void {
    this.delimiter = format.delimiter ?? this.delimiter
    this.header = format.header ?? this.header
    void this.read()
  }

  /** Reads the beginning of the first file. */
  async read(): Promise<void> {
    const asked = ++this.#asked
    const [first] = this.files
    if (first === undefined) {
      this.preview = null
      this.error = null
      return
    }
    this.reading = true
    try {
      const preview = await this.#client.call('datasets.preview', {
        path: first.path,
        ...this.#format(),
      })
      if (asked !== this.#asked) return
      this.preview = preview
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.preview = null
      this.error = toErrorPayload(error)
    }
    this.reading = false
  }

  #format(): { delimiter?: string; header?: boolean } {
    return {
      ...(this.delimiter === null ? {} : { delimiter: this.delimiter }),
      ...(this.header === null ? {} : { header: this.header }),
    }
  }

  /** What the engine is asked for. */
  request(): InputOf<'datasets.import'> {
    const cut = this.cuts ?? []
    const names =
      cut.length === 0
        ? []
        : Array.from({ length: cut.length + 1 }, (_, i) => this.cutName(i).trim())
    return {
      name: this.name.trim() === '' ? undefined : this.name.trim(),
      files: this.files.map(({ path, part }) => ({ path, part })),
      roles: {
        ...(this.text === null ? {} : { text: this.text }),
        pair: this.pair,
        label: this.label,
        labelSeparator: this.labelSeparator,
        ...(cut.length === 0 ? {} : { cut: [...cut] }),
        ...(names.length > 0 && names.every((name) => name !== '') ? { cutNames: names } : {}),
      },
      ...(this.task === null ? {} : { task: this.task }),
      ...this.#format(),
    }
  }
}
