import type { Session } from '../../nn/session'
import type { NamedArray } from '../arrays'
import { computeSomeRows } from '../compute-rows'
import type { LinearHead } from './heads'
import type { TrialPace } from './trial-pace'
import {
  trainOnSoftLabels,
  type SoftLabels,
  type SoftTraining,
  type StageRows,
} from './soft-labels'

/** How the labelled rows are learned. */
export type TrialTraining = Omit<SoftTraining, 'headRate' | 'seed'>

/**
 * A model that trials are made with: it is put back to a start, gets a head, is trained on some
 * rows and asked about others. Nothing of it goes into a run but what is taken from it.
 */
export class TrialModel {
  constructor(
    private readonly session: Session,
    private readonly rows: StageRows,
    readonly classes: number,
    readonly pace: TrialPace,
    /** Awaited between parts of long work; what it throws ends the trial. */
    readonly whileComputing: () => Promise<void>,
  ) {}

  get width(): number {
    return this.session.featureWidth
  }

  /** A copy of all weights. */
  weights(): readonly NamedArray[] {
    return Array.from(this.session.weights(), ({ name, shape, data }) => ({ name, shape, data }))
  }

  /** All weights, one after the other: without a copy of the whole. */
  eachWeight(): Iterable<NamedArray> {
    return this.session.weights()
  }

  assign(weights: Iterable<NamedArray>): void {
    this.session.assign(weights)
  }

  /** The head that the weights bring along. */
  head(): LinearHead {
    const of = (name: string): Float32Array =>
      this.session.parameters.find((parameter) => parameter.name === name)?.read() ??
      new Float32Array(0)
    return { weight: of(headNames.weight), bias: of(headNames.bias) }
  }

  /** Learns labels of some of its rows, or of others that are given. */
  learn(
    soft: SoftLabels,
    training: TrialTraining,
    headRate: number,
    seed: number,
    texts?: StageRows,
  ): Promise<number> {
    const stage = { ...training, headRate, seed }
    let before = performance.now()
    return trainOnSoftLabels(this.session, this.asked(texts), soft, stage, async (learned) => {
      this.pace.stepTook(learned, (performance.now() - before) / 1000)
      await this.whileComputing()
      before = performance.now()
    })
  }

  private asked(texts: StageRows | undefined): StageRows {
    return texts === undefined ? this.rows : { ...texts, scoresOf: this.noScores() }
  }

  /** For texts that are no rows of the run: a model that takes scores learns them without. */
  private noScores(): StageRows['scoresOf'] {
    const { scoresOf } = this.rows
    if (scoresOf === undefined) return undefined
    const { length: width } = scoresOf(Int32Array.of(0))
    return (some) => new Float32Array(some.length * width)
  }

  /** Pooled vectors [rows, width]. */
  features(rows: Int32Array): Promise<Float32Array> {
    return this.compute(this.rows.lengths, rows, this.width, (some) =>
      this.session.embeddings(this.rows.batchOf(some)),
    )
  }

  /**
   * [rows, classes]
   *
   * @param texts what `rows` are positions in, where they are not rows of the run
   */
  logits(rows: Int32Array, texts?: StageRows): Promise<Float32Array> {
    const asked = this.asked(texts)
    return this.compute(asked.lengths, rows, this.classes, (some) =>
      this.session.logits(asked.batchOf(some), undefined, asked.scoresOf?.(some)),
    )
  }

  dispose(): void {
    this.session.dispose()
  }

  private compute(
    lengths: Int32Array,
    rows: Int32Array,
    width: number,
    compute: (rows: Int32Array) => Float32Array,
  ): Promise<Float32Array> {
    return computeSomeRows(rows, lengths, width, compute, this.whileComputing)
  }
}

/** Names of the head for a new pooling. */
const headNames = { weight: 'classifier.weight', bias: 'classifier.bias' }

/** Whether weights belong to the head rather than to what lies below it. */
export const isOfHead = ({ name }: NamedArray): boolean => name.startsWith('classifier.')

export const headArrays = (
  { weight, bias }: LinearHead,
  classes: number,
  width: number,
): readonly NamedArray[] => [
  { name: headNames.weight, shape: [classes, width], data: weight },
  { name: headNames.bias, shape: [classes], data: bias },
]
