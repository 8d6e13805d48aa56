/*
 * The interface of an exported predictor, `predict.mjs`. This file stands alone: it is shipped as
 * the types beside it.
 */

/** One row that is asked about, and what the model said of it. */
export interface PredictorInput {
  readonly text: string
  readonly pair?: string | null
  /** Values of side columns, for rules that look at them. */
  readonly columns?: Readonly<Record<string, string>>
  /** Outputs of the model before softmax, one a label, in the order of `labels`. */
  readonly logits: ArrayLike<number>
  /** The model's pooled vector; needed where `neighbours` is true. */
  readonly embedding?: ArrayLike<number>
}

/** One thing that moved a prediction. */
export interface PredictorStep {
  readonly kind: 'lexicon' | 'rule' | 'neighbour' | 'prior' | 'calibration' | 'hard-rule'
  readonly id: string
  /** For a person: terms that were found, the neighbour's text. */
  readonly text: string
  readonly matches: readonly {
    readonly term: string
    /** UTF-16 units of the text; `end` is behind the last. */
    readonly start: number
    readonly end: number
    readonly weight: number
    readonly negated: boolean
  }[]
  /** Of a lexicon: the weights found for each class, summed, and the score tanh(sum / 4). */
  readonly sums?: readonly {
    readonly label: string
    readonly sum: number
    readonly score: number
  }[]
  /** The class it speaks for; null where it only rescales. */
  readonly label: string | null
  readonly weight: number
  /** Probabilities of all classes after this step. */
  readonly probabilities: readonly number[]
  /** Whether it speaks against what the model alone said. */
  readonly disagrees: boolean
}

export interface PredictorAnswer {
  /** The most probable label; for multi-label all above one half, joined by `|`. */
  readonly label: string
  readonly labels: readonly string[]
  /** One a label, in the order of the predictor's `labels`. */
  readonly probabilities: readonly number[]
  readonly provenance: {
    readonly model: { readonly label: string; readonly probabilities: readonly number[] }
    /** In the order in which they were applied. */
    readonly steps: readonly PredictorStep[]
    /** Classes that hold the right one with the stated coverage; null: not asked for. */
    readonly set: readonly string[] | null
    readonly abstained: boolean
  }
}

export interface KnowledgePredictor {
  readonly labels: readonly string[]
  /** Whether `predict` needs the model's embedding. */
  readonly neighbours: boolean
  /** Throws where logits or embedding do not have the length they should. */
  predict(input: PredictorInput): PredictorAnswer
}

/** Opens a folder with `fusion.json` and `pack/`. */
export type LoadPredictor = (folder: string) => Promise<KnowledgePredictor>
