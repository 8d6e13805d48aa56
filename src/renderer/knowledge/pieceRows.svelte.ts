import type { ExplainedRow, PackContent, PieceId } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import type { MeasuredOn } from './packMeasure.svelte'
import { pieceIds } from './pieceText'

export const rowKinds = ['covered', 'wrong', 'conflict', 'uncovered'] as const
export type RowKind = (typeof rowKinds)[number]

/** Which rows are listed: of a piece, or of the whole pack. */
export interface RowsQuery {
  /** null: any piece. */
  readonly piece: PieceId | null
  readonly show: RowKind
}

const pageSize = 50

/** Rows as a draft sees them, read in pages; read again when the draft was measured anew. */
export class PieceRows {
  #client: Client
  #source: () => { readonly content: PackContent; readonly on: MeasuredOn }
  #asked = 0
  #fetching = false
  #query = $state.raw<RowsQuery | null>(null)
  rows = $state.raw<readonly ExplainedRow[]>([])
  total = $state<number | null>(null)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(
    client: Client,
    source: () => { readonly content: PackContent; readonly on: MeasuredOn },
  ) {
    this.#client = client
    this.#source = source
  }

  /** null: no rows are shown. */
  get query(): RowsQuery | null {
    return this.#query
  }

  show(query: RowsQuery | null): void {
    const same = query?.piece === this.#query?.piece
    this.#query = query
    if (!same) {
      this.rows = []
      this.total = null
    }
    if (query !== null) void this.#read(0)
  }

  /** Shows the rows of a piece, of the kind that was chosen last. */
  follow(piece: PieceId): void {
    if (this.#query?.piece === piece) return
    this.show({ piece, show: this.#query?.show ?? 'covered' })
  }

  /** Reads the shown rows again; those on the screen stay until the new ones are there. */
  refresh(): void {
    if (this.#query !== null) void this.#read(0)
  }

  more(): void {
    if (this.#fetching || this.total === null || this.rows.length >= this.total) return
    void this.#read(this.rows.length)
  }

  async #read(offset: number): Promise<void> {
    const query = this.#query
    const { content, on } = this.#source()
    if (query === null || on.dataset === null) return
    const asked = ++this.#asked
    // An undo may have taken the piece away.
    if (query.piece !== null && !pieceIds(content).includes(query.piece)) {
      this.rows = []
      this.total = 0
      return
    }
    this.#fetching = true
    try {
      const page = await this.#client.call('packs.rows', {
        content,
        dataset: on.dataset,
        labels: on.labels,
        show: query.show,
        offset,
        limit: pageSize,
        ...(query.piece === null ? {} : { piece: query.piece }),
      })
      if (asked !== this.#asked) return
      this.rows = offset === 0 ? page.rows : [...this.rows, ...page.rows]
      this.total = page.total
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = toErrorPayload(error)
    }
    this.#fetching = false
  }
}
