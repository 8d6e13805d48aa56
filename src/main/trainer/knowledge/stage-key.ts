import type { TokenizedRows } from '../../data/tokenized'
import type { ScoreFeatures, SessionOptions } from '../../nn/session'
import { sha256 } from '../../platform/hash'

/** All that trainings before a run's own steps depend on, besides what they learn and start from. */
export interface StageKey {
  readonly modelHash: string
  readonly pooling: string
  readonly precision: string
  readonly tokens: TokenizedRows
  readonly dropout: number | null
  /** Of what else the rows hold; undefined: nothing. */
  readonly injector: string | undefined
  /** What of the model is trained. */
  readonly part: SessionOptions['part']
  /** Scores that join the head; undefined: none do. */
  readonly features: ScoreFeatures | undefined
  readonly cacheFolder: string
}

/** The key as a hash takes it, with the texts that are learned. */
export const hashedKey = (key: StageKey, tokens: Pick<TokenizedRows, 'ids' | 'starts'>) => {
  const { modelHash, pooling, precision, dropout, part, injector = null, features = null } = key
  return {
    ...{ modelHash, pooling, precision, dropout, part, injector, features },
    ids: sha256(tokens.ids),
    starts: sha256(tokens.starts),
  }
}
