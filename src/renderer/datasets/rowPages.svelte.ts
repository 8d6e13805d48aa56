import type { DataRow, Part } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'

export interface RowQuery {
  readonly part: Part
  /** null: all. */
  readonly label: string | null
  readonly search: string
}

const pageSize = 400
const searchAfterMs = 200

/** Rows of a dataset, read in pages as they come into sight. */
export class RowPages {
  #client: Client
  #dataset: string
  #asked = 0
  #fetching = false
  #timer: ReturnType<typeof setTimeout> | undefined
  rows = $state.raw<readonly DataRow[]>([])
  total = $state<number | null>(null)
  error = $state.raw<ErrorPayload | null>(null)
  query = $state.raw<RowQuery>({ part: 'all', label: null, search: '' })

  constructor(client: Client, dataset: string) {
    this.#client = client
    this.#dataset = dataset
    void this.#read(0)
  }

  filter(change: Partial<RowQuery>): void {
    this.query = { ...this.query, ...change }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#read(0), searchAfterMs)
  }

  more(): void {
    if (this.#fetching || this.total === null || this.rows.length >= this.total) return
    void this.#read(this.rows.length)
  }

  async #read(offset: number): Promise<void> {
    const asked = ++this.#asked
    const { part, label, search } = this.query
    this.#fetching = true
    try {
      const page = await this.#client.call('datasets.rows', {
        dataset: this.#dataset,
        offset,
        limit: pageSize,
        ...(part === 'all' ? {} : { part }),
        ...(label === null ? {} : { label }),
        ...(search.trim() === '' ? {} : { search: search.trim() }),
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
