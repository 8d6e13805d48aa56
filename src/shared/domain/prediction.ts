import type { Provenance } from './knowledge'

export interface PredictionInput {
  readonly text: string
  readonly pair: string | null
  /** Values of side columns, for rules that look at them. */
  readonly columns?: Readonly<Record<string, string>>
}

export interface Prediction {
  /** The most probable label; for multi-label all above one half, joined by `|`; for regression the value. */
  readonly label: string
  readonly labels: readonly string[]
  /** Of the model alone. */
  readonly logits: readonly number[]
  /** After the knowledge, where the run has some. */
  readonly probabilities: readonly number[]
  readonly tokens: number
  readonly truncated: boolean
  /** What the knowledge of the run did to it; null without knowledge. */
  readonly provenance: Provenance | null
}

/** What answers: a run's best checkpoint, a fine-tuned model of the library, or an exported folder. */
export type PredictorRef =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'folder'; readonly path: string }
