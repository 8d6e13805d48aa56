import type { Prediction } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import type { Predictor } from './predictors'

export interface Question {
  readonly text: string
  readonly pair: string | null
  /** Values of side columns, for rules that look at them. */
  readonly columns: Readonly<Record<string, string>>
}

/** What one predictor says of the text that was typed last. */
export class Answer {
  #client: Client
  #asked = 0
  readonly predictor: Predictor
  prediction = $state.raw<Prediction | null>(null)
  error = $state.raw<ErrorPayload | null>(null)
  /** Waiting for an answer; the first one starts a process and loads the model. */
  waiting = $state(false)
  milliseconds = $state<number | null>(null)
  /** What the answer is to; its places count in these texts. */
  question = $state.raw<Question | null>(null)

  constructor(client: Client, predictor: Predictor) {
    this.#client = client
    this.predictor = predictor
  }

  /** Asks; an answer that was overtaken by a newer question is dropped. */
  async ask(question: Question): Promise<void> {
    const { text, pair, columns } = question
    const asked = ++this.#asked
    if (text.trim() === '') {
      this.prediction = null
      this.error = null
      this.waiting = false
      return
    }
    this.waiting = true
    const started = performance.now()
    try {
      const [prediction] = await this.#client.call('predictions.predict', {
        predictor: this.predictor.reference,
        inputs: [{ text, pair, columns: { ...columns } }],
      })
      if (asked !== this.#asked) return
      this.prediction = prediction ?? null
      this.question = question
      this.milliseconds = performance.now() - started
      this.error = null
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = toErrorPayload(error)
    }
    this.waiting = false
  }
}
