import type { NamedArray } from './arrays'

/** A number that is still being computed; `read` waits for it. Read or disposed exactly once. */
export interface DeferredNumber {
  read(): number
  dispose(): void
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
  apply(learningRate: number): DeferredNumber
  /** Outputs in evaluation mode, [rows, outputs]. */
  logits(rows: Int32Array): Float32Array
  weights(): Iterable<NamedArray>
  assign(weights: Iterable<NamedArray>): void
  optimizerState(): Iterable<NamedArray>
  dispose(): void
}
