import type { KnowledgePack, PackContent } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { amend, begin, record, redo, redoLabel, undo, undoLabel, type History } from './history'

/** A pack that is being edited. What was saved stays as it is; every edit can be undone. */
export class PackDraft {
  #client: Client
  #history: History<PackContent>
  #saved: PackContent
  #base: KnowledgePack
  /** Called after every change of the content. */
  onchange: () => void = () => undefined
  saving = $state(false)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client, base: KnowledgePack, content: PackContent) {
    this.#client = client
    this.#base = $state.raw(base)
    this.#history = $state.raw(begin(content))
    this.#saved = $state.raw(content)
  }

  /** The version that the draft began with, or that was saved last. */
  get base(): KnowledgePack {
    return this.#base
  }

  get content(): PackContent {
    return this.#history.present
  }

  get changed(): boolean {
    return this.#history.present !== this.#saved
  }

  /** What an undo would take back; null: nothing. */
  get undoLabel(): string | null {
    return undoLabel(this.#history)
  }

  get redoLabel(): string | null {
    return redoLabel(this.#history)
  }

  /**
   * Changes the draft. `label` says what was done, for undo; edits of the same `field` in quick
   * succession are one step.
   */
  edit(
    label: string,
    change: (content: PackContent) => PackContent,
    field: string | null = null,
  ): void {
    this.#put(record(this.#history, change(this.content), { label, field, at: Date.now() }))
  }

  /** As `edit`, for one field of the pack. */
  set<Name extends keyof PackContent>(
    label: string,
    name: Name,
    value: PackContent[Name],
    field: string | null = null,
  ): void {
    if (value === this.content[name]) return
    this.edit(label, (content) => ({ ...content, [name]: value }), field)
  }

  undo(): void {
    this.#put(undo(this.#history))
  }

  redo(): void {
    this.#put(redo(this.#history))
  }

  /** Back to what was saved; an undo brings the edits back. */
  discard(label: string): void {
    this.edit(label, () => this.#saved)
  }

  /** Keeps the draft as a new version; null where the engine refused, with `error` set. */
  async save(): Promise<KnowledgePack | null> {
    if (this.saving) return null
    const { content } = this
    this.saving = true
    this.error = null
    try {
      const pack = await this.#client.call('packs.save', { content, base: this.#base.id })
      const saved = { ...content, version: pack.version }
      this.#base = pack
      this.#saved = saved
      // Edits made while it was being saved stay unsaved edits.
      if (this.content === content) {
        this.#history = amend(this.#history, saved)
        this.onchange()
      }
      return pack
    } catch (error) {
      this.error = toErrorPayload(error)
      return null
    } finally {
      this.saving = false
    }
  }

  #put(history: History<PackContent>): void {
    if (history === this.#history) return
    const before = this.content
    this.#history = history
    if (this.content !== before) this.onchange()
  }
}
