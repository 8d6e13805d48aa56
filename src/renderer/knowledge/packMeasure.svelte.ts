import type { PackContent, PackReport, PieceId, PieceReport } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { reportsByPiece } from './pieceText'

const afterMs = 200

/** What a draft is measured on. */
export interface MeasuredOn {
  /** null: nothing is measured, the draft is only checked. */
  readonly dataset: string | null
  /** Labels of the pack → labels of the dataset, where names differ. */
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Checks a draft while it is edited and measures it on a dataset. One question is under way at a
 * time; what changed meanwhile is asked next. The last answer stays until the next one is there.
 */
export class PackMeasure {
  #client: Client
  #content: () => PackContent
  #base: () => string
  #timer: ReturnType<typeof setTimeout> | undefined
  #busy = false
  #again = false
  #on: MeasuredOn
  #report = $state.raw<PackReport | null>(null)
  #measured = $state.raw<{ readonly content: PackContent; readonly on: MeasuredOn } | null>(null)
  error = $state.raw<ErrorPayload | null>(null)
  checking = $state(false)
  /** Called after every answer. */
  onreport: () => void = () => undefined

  /** `base` names the version whose corpus the draft keeps. */
  constructor(client: Client, content: () => PackContent, base: () => string, on: MeasuredOn) {
    this.#client = client
    this.#content = content
    this.#base = base
    this.#on = $state.raw(on)
    void this.#ask()
  }

  get on(): MeasuredOn {
    return this.#on
  }

  get report(): PackReport | null {
    return this.#report
  }

  /** Whether the report speaks of an earlier draft or another dataset. */
  get stale(): boolean {
    const measured = this.#measured
    return measured === null || measured.content !== this.#content() || measured.on !== this.#on
  }

  /** The report's numbers of a dataset; null while none was measured. */
  get pieces(): ReadonlyMap<PieceId, PieceReport> {
    return this.#pieces
  }

  #pieces: ReadonlyMap<PieceId, PieceReport> = $derived(
    reportsByPiece(this.#measured?.on.dataset === null ? null : this.#report),
  )

  choose(on: MeasuredOn): void {
    this.#on = on
    clearTimeout(this.#timer)
    void this.#ask()
  }

  /** After an edit: asks once the person pauses. */
  soon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), afterMs)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  async #ask(): Promise<void> {
    if (this.#busy) {
      this.#again = true
      return
    }
    const content = this.#content()
    const on = this.#on
    this.#busy = true
    this.checking = true
    try {
      const { dataset, labels } = on
      this.#report = await this.#client.call('packs.check', {
        content,
        pack: this.#base(),
        labels,
        ...(dataset === null ? {} : { dataset }),
      })
      this.#measured = { content, on }
      this.error = null
    } catch (error) {
      this.error = toErrorPayload(error)
    }
    this.#busy = false
    this.checking = this.#again
    if (this.error === null) this.onreport()
    if (!this.#again) return
    this.#again = false
    await this.#ask()
  }
}
