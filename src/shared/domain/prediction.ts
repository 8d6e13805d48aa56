export interface PredictionInput {
  readonly text: string
  readonly pair: string | null
}

export interface Prediction {
  /** The most probable label; for multi-label all above one half, joined by `|`; for regression the value. */
  readonly label: string
  readonly labels: readonly string[]
  readonly logits: readonly number[]
  readonly probabilities: readonly number[]
  readonly tokens: number
  readonly truncated: boolean
}

/** What answers: a run's best checkpoint, a fine-tuned model of the library, or an exported folder. */
export type PredictorRef =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'folder'; readonly path: string }
