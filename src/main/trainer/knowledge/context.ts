import type { KnowledgeChoice, PackContent } from '@shared/domain'
import type { CompiledPack, ScoreTable } from '../../knowledge/types'

/** A run's pack, made ready for its rows. */
export interface Knowledge {
  readonly content: PackContent
  readonly compiled: CompiledPack
  /** Of all rows of the run, by position. */
  readonly scores: ScoreTable
  readonly choice: KnowledgeChoice
}
