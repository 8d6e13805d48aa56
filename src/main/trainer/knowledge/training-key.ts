import type { TokenizedRows } from '../../data/tokenized'
import type { ScoreFeatures, SessionOptions } from '../../nn/session'
import { sha256 } from '../../platform/hash'

/** All that trainings before a run's own steps depend on, besides what they learn and start from. */
export interface TrainingKey {
  readonly modelHash: string
  readonly pooling: string
  readonly precision: string
  readonly device: 'cpu' | 'gpu'
  readonly tokens: TokenizedRows
  readonly dropout: number | null
  /** Of what else the rows hold; undefined: nothing. */
  readonly injector: string | undefined
  /** What of the model is trained. */
  readonly part: SessionOptions['part']
  /** Scores that join the head; undefined: none do. */
  readonly features: ScoreFeatures | undefined
  readonly cacheFolder: string
  /** The run that trains, as its files in the cache name it. */
  readonly run: string
}

/** The key as a hash takes it, with the texts that are learned. */
export const hashedKey = (key: TrainingKey, tokens: TokenizedRows) => {
  const { modelHash, pooling, precision, device, dropout, part } = key
  const { injector = null, features = null } = key
  return {
    ...{ modelHash, pooling, precision, device, dropout, part, injector, features },
    tokens: hashedTokens(tokens),
  }
}

export const hashedTokens = ({ ids, starts, typeIds }: TokenizedRows) => ({
  ...{ ids: sha256(ids), starts: sha256(starts), typeIds: sha256(typeIds) },
})
