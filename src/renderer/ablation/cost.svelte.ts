import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'

const askAfterMs = 300

export interface CostQuestion {
  readonly recipe: Readonly<Record<string, unknown>>
  readonly labels: readonly (number | null)[]
  /** Runs at each number of labels. */
  readonly runsEach: number
  /** Of these, runs that do not train like another, where ways to train are tried. */
  readonly trainingsEach: number
}

/** Starting a process and loading the model, per run. */
const startSeconds = 3

/** Asks the engine what the cells of an ablation cost, once the person stops typing. */
export class AblationCost {
  #client: Client
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  /** Of all runs one after another; null while it is not known. */
  seconds = $state<number | null>(null)
  asking = $state(false)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  ask(question: CostQuestion | null): void {
    clearTimeout(this.#timer)
    const asked = ++this.#asked
    if (question === null) {
      this.seconds = null
      this.error = null
      this.asking = false
      return
    }
    this.asking = true
    this.#timer = setTimeout(() => void this.#read(question, asked), askAfterMs)
  }

  async #read(
    { recipe, labels, runsEach, trainingsEach }: CostQuestion,
    asked: number,
  ): Promise<void> {
    try {
      const estimates = await Promise.all(
        labels.map((trainRows) =>
          this.#client.call('recipes.estimate', { recipe: withRows(recipe, trainRows) }),
        ),
      )
      if (asked !== this.#asked) return
      this.seconds = estimates.reduce(
        (sum, { seconds, trials }) =>
          sum + seconds * (trials ? trainingsEach : runsEach) + startSeconds * runsEach,
        0,
      )
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.seconds = null
      this.error = toErrorPayload(error)
    }
    this.asking = false
  }
}

const withRows = (
  recipe: Readonly<Record<string, unknown>>,
  trainRows: number | null,
): Record<string, unknown> => {
  const data = recipe['data']
  return { ...recipe, data: { ...(typeof data === 'object' ? data : {}), trainRows } }
}
