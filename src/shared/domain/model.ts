import type { ModelId, Timestamp } from './ids'

export type ModelFamily = 'bert' | 'distilbert' | 'roberta'

export type ModelSource =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'hub'
      readonly endpoint: string
      readonly repo: string
      readonly revision: string
    }
  | { readonly kind: 'wheel'; readonly name: string }
  | { readonly kind: 'starter' }

export interface Model {
  readonly id: ModelId
  readonly name: string
  readonly family: ModelFamily
  readonly source: ModelSource
  readonly licence: string | null
  readonly parameters: number
  readonly hiddenSize: number
  readonly layers: number
  readonly vocabulary: number
  readonly maxLength: number
  /** Labels of a fine-tuned checkpoint's own head; empty for a bare backbone. */
  readonly labels: readonly string[]
  readonly hash: string
  readonly bytes: number
  readonly createdAt: Timestamp
}

/** One parameter tensor of the checkpoint, and whether a recipe would train it. */
export interface ModelParameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly trained: boolean
}
