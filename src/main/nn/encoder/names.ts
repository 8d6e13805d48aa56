/** Names of an encoder's parameters in its family's checkpoints. */
export interface EncoderNames {
  /** In front of everything that belongs to the backbone; checkpoints may leave it out. */
  readonly prefix: string
  readonly word: string
  readonly position: string
  readonly type: string | undefined
  readonly embeddingNorm: string
  /** Modules of layer `index`, each with `.weight` and `.bias`. */
  layer(index: number): LayerNames
}

export interface LayerNames {
  readonly query: string
  readonly key: string
  readonly value: string
  readonly projection: string
  readonly attentionNorm: string
  readonly expansion: string
  readonly contraction: string
  readonly outputNorm: string
}

export const weightOf = (module: string): string => `${module}.weight`
export const biasOf = (module: string): string => `${module}.bias`
