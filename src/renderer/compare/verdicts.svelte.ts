import type { RowVerdict } from '@shared/contract'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'

export type Show = 'disagree' | 'wrong' | 'all'

export const pageSize = 50
/** So many runs can be laid side by side row by row. */
export const mostRuns = 10

/** Test rows with the answers of some runs, a page at a time. */
export class Verdicts {
  #client: Client
  #runs: readonly string[]
  #asked = 0
  show = $state<Show>('disagree')
  offset = $state(0)
  total = $state(0)
  rows = $state.raw<readonly RowVerdict[]>([])
  loaded = $state(false)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client, runs: readonly string[]) {
    this.#client = client
    this.#runs = runs.slice(0, mostRuns)
  }

  async read(show: Show, offset: number): Promise<void> {
    this.show = show
    this.offset = offset
    if (this.#runs.length === 0) return
    const asked = ++this.#asked
    try {
      const { total, rows } = await this.#client.call('runs.errors', {
        runs: [...this.#runs],
        show,
        offset,
        limit: pageSize,
      })
      if (asked !== this.#asked) return
      this.total = total
      this.rows = rows
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = toErrorPayload(error)
    }
    this.loaded = true
  }
}
