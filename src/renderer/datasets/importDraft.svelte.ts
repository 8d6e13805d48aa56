import type { InputOf } from '@shared/contract'
import type { Part, PreviewColumn, TaskKind } from '@shared/domain'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { classNames, parseCuts, repeated } from './cuts'
import { datasetName, guessPart } from './fileNames'
import {
  missingColumns,
  missingLabels,
  previewOf,
  type ImportFile,
  type Reading,
} from './importFile'
import { intervalText } from './intervalText'

interface Choices {
  readonly text?: string
  readonly pair?: string | null
  readonly label?: string | null
  readonly labelSeparator?: string | null
}

interface Format {
  readonly delimiter?: string
  readonly header?: boolean
}

const previewRows = 1000

/**
 * An import that is being put together: files with their parts, how they are read, and what the
 * columns are. What the person did not choose is what the first file suggests.
 */
export class ImportDraft {
  #client: Client
  #asked = 0
  files = $state.raw<readonly ImportFile[]>([])
  #shown = $state<string | null>(null)
  #chosen = $state.raw<Choices>({})
  #name = $state<string | null>(null)
  #format = $state.raw<Format>({})
  #cutNames = $state.raw<readonly string[]>([])
  task = $state<TaskKind | null>(null)
  cutText = $state('')

  /** The file whose rows are looked at. */
  readonly shown = $derived(
    this.files.find((file) => file.path === this.#shown) ?? this.files.at(0),
  )
  /** The beginning of the first file: its columns are those of the dataset. */
  readonly first = $derived(previewOf(this.files[0]))
  readonly text = $derived(this.#chosen.text ?? this.first?.suggested.text ?? null)
  readonly pair = $derived(this.#choice('pair'))
  readonly label = $derived(this.#choice('label'))
  readonly labelSeparator = $derived(this.#choice('labelSeparator'))
  readonly labelColumn: PreviewColumn | undefined = $derived(
    this.first?.columns.find((column) => column.name === this.label),
  )
  /** null: what was typed is no list of cut points. */
  readonly cuts: readonly number[] | null = $derived(
    this.labelColumn?.type === 'number' ? parseCuts(this.cutText) : [],
  )
  readonly classNames = $derived(classNames(this.cuts ?? [], this.#cutNames, intervalText))
  /** Labels that are taken as classes and look like missing values; cut points refuse them. */
  readonly missingLabels = $derived(
    this.label === null || this.cuts?.length !== 0 ? [] : missingLabels(this.files, this.label),
  )
  readonly ready = $derived(
    this.text !== null &&
      this.cuts !== null &&
      repeated(this.classNames).length === 0 &&
      this.files.every((file) => file.reading.kind === 'read' && this.missing(file).length === 0),
  )

  constructor(client: Client) {
    this.#client = client
  }

  #choice<K extends 'pair' | 'label' | 'labelSeparator'>(key: K): string | null {
    const chosen = this.#chosen[key]
    return chosen === undefined ? (this.first?.suggested[key] ?? null) : chosen
  }

  get name(): string {
    return this.#name ?? datasetName(this.files.map((file) => file.name))
  }

  set name(name: string) {
    this.#name = name
  }

  cutName(index: number): string {
    return this.#cutNames[index] ?? ''
  }

  setCutName(index: number, name: string): void {
    const length = Math.max(this.#cutNames.length, index + 1)
    this.#cutNames = Array.from({ length }, (_, at) => (at === index ? name : this.cutName(at)))
  }

  /** Columns that were chosen and that this file does not have. */
  missing(file: ImportFile): readonly string[] {
    return missingColumns(file, [this.text, this.pair, this.label])
  }

  choose(choices: Choices): void {
    this.#chosen = { ...this.#chosen, ...choices }
  }

  show(path: string): void {
    this.#shown = path
  }

  async add(files: readonly { readonly path: string; readonly name: string }[]): Promise<void> {
    const isKnown = (path: string): boolean => this.files.some((file) => file.path === path)
    const added = files.filter((file) => !isKnown(file.path))
    const before = this.files.length
    const several = before + added.length > 1
    const part = (name: string): Part => (several ? guessPart(name) : 'all')
    this.files = [
      ...this.files.map((file) => (before === 1 ? { ...file, part: part(file.name) } : file)),
      ...added.map((file): ImportFile => ({
        ...file,
        part: part(file.name),
        reading: { kind: 'reading', last: null },
      })),
    ]
    await Promise.all(added.map((file) => this.#read(file.path)))
  }

  remove(path: string): void {
    this.files = this.files.filter((file) => file.path !== path)
  }

  setPart(path: string, part: Part): void {
    this.#change(path, () => ({ part }))
  }

  /** Reads every file again with another delimiter, or with or without a header. */
  async setFormat(format: Format): Promise<void> {
    this.#format = { ...this.#format, ...format }
    await this.readAgain()
  }

  async readAgain(): Promise<void> {
    this.#asked += 1
    await Promise.all(this.files.map((file) => this.#read(file.path)))
  }

  async #read(path: string): Promise<void> {
    const asked = this.#asked
    this.#change(path, (file) => ({ reading: { kind: 'reading', last: previewOf(file) } }))
    const reading = await this.#ask(path)
    if (asked === this.#asked) this.#change(path, () => ({ reading }))
  }

  async #ask(path: string): Promise<Reading> {
    try {
      const asked = { path, rows: previewRows, ...this.#format }
      return { kind: 'read', preview: await this.#client.call('datasets.preview', asked) }
    } catch (error) {
      return { kind: 'failed', error: toErrorPayload(error) }
    }
  }

  #change(path: string, change: (file: ImportFile) => Partial<ImportFile>): void {
    this.files = this.files.map((file) =>
      file.path === path ? { ...file, ...change(file) } : file,
    )
  }

  /** What the engine is asked for. */
  request(): InputOf<'datasets.import'> {
    const name = this.name.trim()
    const cut = this.cuts ?? []
    return {
      ...(name === '' ? {} : { name }),
      files: this.files.map(({ path, part }) => ({ path, part })),
      roles: {
        ...(this.text === null ? {} : { text: this.text }),
        pair: this.pair,
        label: this.label,
        labelSeparator: this.labelSeparator,
        ...(cut.length === 0 ? {} : { cut: [...cut], cutNames: [...this.classNames] }),
      },
      ...(this.task === null || cut.length > 0 ? {} : { task: this.task }),
      ...this.#format,
    }
  }
}
