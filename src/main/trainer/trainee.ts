import type { DeferredNumber } from '../nn/session'
import type { NamedArray } from './arrays'

export type { DeferredNumber }

/** The gradient norm of a step before clipping. */
export interface AppliedStep extends DeferredNumber {
  /** The gradient overflowed in float16: the weights stay as they were. */
  readonly skipped?: boolean
  /** What the gradient was multiplied by, in float16. */
  readonly lossScale?: number
  /** Losses that knowledge added to the step, by series. */
  readonly terms?: Readonly<Record<string, number>>
}

/** Where a batch stands: all that its dropout depends on besides the seed. */
export interface MicroStep {
  readonly step: number
  readonly microStep: number
}

/**
 * The model under training as the loop sees it: rows in, losses out. Rows are named by their
 * position in the data set; tensors stay inside.
 */
export interface Trainee {
  readonly trainableParameters: number
  /** Training tokens, without padding, in these rows. */
  tokens(rows: Int32Array): number
  /** What the rows weigh in the mean over a step: their number, or their class weights. */
  weight(rows: Int32Array): number
  /**
   * Forward and backward pass of one batch. Adds `share` × the gradient of its mean row loss and
   * returns the mean row loss.
   */
  accumulate(rows: Int32Array, share: number, at: MicroStep): DeferredNumber
  /** Clips, updates the weights, clears the gradients; returns the norm before clipping. */
  apply(learningRate: number): AppliedStep
  /**
   * Whether the weights that are shown, for evaluation and for the best checkpoint, are their moving
   * average, where one is kept. Not while training.
   */
  showAverage(on: boolean): void
  /** Outputs in evaluation mode, [rows, outputs]. */
  logits(rows: Int32Array): Float32Array
  /** Pooled vectors in evaluation mode, [rows, embeddingWidth]. */
  embeddings(rows: Int32Array): Float32Array
  readonly embeddingWidth: number
  weights(): Iterable<NamedArray>
  assign(weights: Iterable<NamedArray>): void
  /** All that the next step depends on besides the weights. */
  optimizerState(): Iterable<NamedArray>
  dispose(): void
}
