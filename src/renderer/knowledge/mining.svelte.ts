import type { MinedRule, Mining, Rule } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
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
  #asked = 0
  #found = $state.raw<Mining | null>(null)
  #rejected = $state.raw<readonly string[]>([])
  #of: string | null = null
  choice = $state.raw<MiningChoice>({ precision: 0.8, minimumRows: 3 })
  busy = $state(false)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  /** null: not asked yet. */
  get found(): Mining | null {
    return this.#found
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
    try {
      const found = await this.#client.call('packs.mine', {
        dataset,
        pack,
        ...this.choice,
        limit: 200,
      })
      if (asked !== this.#asked) return
      this.#found = found
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = toErrorPayload(error)
      this.#of = null
    }
    this.busy = false
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
