import type { Activation } from '../kernels/activation'

/** A head on pooled vectors, stage after stage. */
export type Stage =
  | {
      readonly kind: 'dense'
      /** Module with `.weight` [outputs, inputs] and `.bias`. */
      readonly name: string
      readonly activation: 'tanh' | 'relu' | 'none'
      readonly outputs: number
    }
  | { readonly kind: 'dropout' }

/** Dense, activation and norm on every token, then the vocabulary's matrix and a bias. */
export interface LanguageHead {
  readonly dense: string
  readonly activation: Activation
  readonly norm: string
  readonly epsilon: number
  readonly bias: string
  /** The matrix's own name, where it is not the word embeddings. */
  readonly decoder: string
}

/** The head for a new pooling: dropout and one product. */
export const plainHead = (outputs: number): readonly Stage[] => [
  { kind: 'dropout' },
  { kind: 'dense', name: 'classifier', activation: 'none', outputs },
]
