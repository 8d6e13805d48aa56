import type { ArtifactId, RunId, Timestamp } from './ids'

export type ExportFormat = 'hf'

/** An exported model: written only after it was loaded again and agreed with the run. */
export interface Artifact {
  readonly id: ArtifactId
  readonly run: RunId
  readonly format: ExportFormat
  readonly path: string
  readonly bytes: number
  readonly files: readonly {
    readonly name: string
    readonly bytes: number
    readonly sha256: string
  }[]
  /** Largest absolute difference of logits between run and export on `rowsChecked` rows. */
  readonly largestDifference: number
  readonly rowsChecked: number
  /** What a person must know to use it elsewhere, such as a head that transformers does not have. */
  readonly notes: readonly string[]
  readonly createdAt: Timestamp
}
