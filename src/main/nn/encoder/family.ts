import type { EncoderConfig } from './config'
import type { LanguageHead, Stage } from './heads'
import type { EncoderNames } from './names'

/** What tells one family of encoders from another. */
export interface Family {
  /** Throws model.configInvalid for unknown and contradictory values, naming the field. */
  readConfig(config: unknown): EncoderConfig
  readonly names: EncoderNames
  /** The family's own head for sequences, on the first token's vector. */
  sequenceHead(config: EncoderConfig, outputs: number): readonly Stage[]
  languageHead(config: EncoderConfig): LanguageHead
  /** Other names of parameters in checkpoints. */
  readonly aliases: Readonly<Record<string, string>>
}
