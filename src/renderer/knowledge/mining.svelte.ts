import type { Job, JobId, MinedRule, Mining, Rule } from '@shared/domain'
import { miningSchema } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client, Jobs } from '../api'
import { untrack } from 'svelte'
import { candidateKey, openCandidates } from './candidates'

export interface MiningChoice {
  /** Least share of the covered rows that must agree. */
  readonly precision: number
  /** Fewest rows that a rule must cover. */
  readonly minimumRows: number
}

/** Rules that the labelled rows suggest, and what the person thought of them. */
export class RuleMining {
  #client: Client
  #jobs: Jobs
  #asked = 0
  #found = $state.raw<Mining | null>(null)
  #rejected = $state.raw<readonly string[]>([])
  #of: string | null = null
  choice = $state.raw<MiningChoice>({ precision: 0.8, minimumRows: 3 })
  #job = $state.raw<JobId | null>(null)
  busy = $state(false)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client, jobs: Jobs) {
    this.#client = client
    this.#jobs = jobs
  }

  /** null: not asked yet. */
  get found(): Mining | null {
    return this.#found
  }

  /** The search at work. */
  get job(): Job | undefined {
    return this.#job === null ? undefined : this.#jobs.find(this.#job)
  }

  get rejectedCount(): number {
    return this.#rejected.length
  }

  /** Candidates that are neither rejected nor rules of the draft. */
  open(rules: readonly Rule[]): readonly MinedRule[] {
    return openCandidates(this.#found?.rules ?? [], rules, this.#rejected)
  }

  /** Looks for rules, unless those of this dataset and choice are there. */
  async mine(dataset: string, pack: string, again = false): Promise<void> {
    const of = JSON.stringify([dataset, this.choice])
    if (!again && of === this.#of) return
    const asked = ++this.#asked
    this.#of = of
    this.busy = true
    this.stop()
    try {
      const started = await this.#client.call('packs.mine', {
        dataset,
        pack,
        ...this.choice,
        limit: 200,
      })
      if (asked === this.#asked) this.#job = started.id
      else await this.#jobs.cancel(started.id)
      const result = await this.#jobs.result(started)
      if (asked !== this.#asked) return
      this.#found = miningSchema.parse(result)
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      const payload = toErrorPayload(error)
      // What was stopped is not begun again by itself.
      if (payload.code !== 'cancelled') {
        this.error = payload
        this.#of = null
      }
    }
    this.#job = null
    this.busy = false
  }

  /** Ends the search at work. */
  stop(): void {
    const job = untrack(() => this.job)
    if (job?.state.kind === 'running') void this.#jobs.cancel(job.id)
  }

  reject(candidate: MinedRule): void {
    this.#rejected = [...this.#rejected, candidateKey(candidate.rule)]
  }

  /** Takes one rejection back, or all of them. */
  restore(candidate?: MinedRule): void {
    const key = candidate === undefined ? null : candidateKey(candidate.rule)
    this.#rejected = this.#rejected.filter((each) => key !== null && each !== key)
  }
}
