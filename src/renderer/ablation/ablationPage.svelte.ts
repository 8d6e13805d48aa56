import type { Ablation, AblationDetail, Run } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'

type Order = 'ablations.stop' | 'ablations.resume'

/** Longest wait between two readings of a result while runs end. */
const readAfterMs = 1500

/** One ablation as its page shows it: a snapshot, then what the engine tells. */
export class AblationPage {
  #client: Client
  #reference: string
  #timer: ReturnType<typeof setTimeout> | undefined
  detail = $state.raw<AblationDetail | null>(null)
  /** The runs of the cells, for their times and failures. */
  runs = $state.raw<readonly Run[]>([])
  /** Why it could not be read. */
  error = $state.raw<ErrorPayload | null>(null)
  /** Why the last action failed. */
  failure = $state.raw<ErrorPayload | null>(null)
  busy = $state(false)

  constructor(client: Client, reference: string) {
    this.#client = client
    this.#reference = reference
  }

  /** Reads it and follows its events; returns the way out. */
  follow(): () => void {
    const leave = [
      this.#client.on('ablation.changed', ({ ablation }) => {
        if (ablation.id === this.detail?.ablation.id) this.#take(ablation)
      }),
      this.#client.onReconnect(() => void this.read()),
    ]
    void this.read()
    return () => {
      clearTimeout(this.#timer)
      for (const off of leave) off()
    }
  }

  async read(): Promise<void> {
    try {
      const detail = await this.#client.call('ablations.get', { ablation: this.#reference })
      this.detail = detail
      this.error = null
      const runs = await this.#client.call('runs.list', { project: detail.ablation.project })
      this.runs = runs.filter((run) => run.ablation === detail.ablation.id)
    } catch (error) {
      this.error = toErrorPayload(error)
    }
  }

  order(order: Order): Promise<void> {
    return this.#act(async (ablation) => {
      this.#take(await this.#client.call(order, { ablation }))
    })
  }

  /** Adds the seeds that are missing to so many in all. */
  extend(seeds: number): Promise<void> {
    return this.#act(async (ablation) => {
      this.#take(await this.#client.call('ablations.extend', { ablation, seeds }))
    })
  }

  /** Bytes that came back; null where it could not be deleted. */
  async remove(): Promise<number | null> {
    let bytes: number | null = null
    await this.#act(async (ablation) => {
      bytes = (await this.#client.call('ablations.delete', { ablation })).bytes
    })
    return bytes
  }

  /** The new numbers at once, the result soon: it is worked out from all runs. */
  #take(ablation: Ablation): void {
    if (this.detail !== null) this.detail = { ...this.detail, ablation }
    if (ablation.state !== 'running') void this.read()
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        void this.read()
      }, readAfterMs)
  }

  async #act(action: (ablation: string) => Promise<void>): Promise<void> {
    const id = this.detail?.ablation.id
    if (id === undefined) return
    this.busy = true
    this.failure = null
    try {
      await action(id)
    } catch (error) {
      this.failure = toErrorPayload(error)
    }
    this.busy = false
  }
}
