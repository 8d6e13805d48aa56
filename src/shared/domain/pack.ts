import type { PackId, Timestamp } from './ids'

export const matchKinds = ['word', 'phrase', 'stem', 'regex'] as const

/** How a term is found: whole words, words in a row, words with that beginning, a pattern. */
export type MatchKind = (typeof matchKinds)[number]

/** Words before a term that turn its weight: weight × factor, within `window` words. */
export interface Negation {
  readonly words: readonly string[]
  /** Endings of words that negate, such as n't. */
  readonly suffixes: readonly string[]
  readonly window: number
  readonly factor: number
}

/**
 * Words before a term that strengthen (positive amount) or weaken it: the amount is added to the
 * size of its weight, times `decay` for each word in between.
 */
export interface Intensifiers {
  readonly words: Readonly<Record<string, number>>
  readonly window: number
  readonly decay: number
}

/** Words behind which a text says what it means, such as "but": factors of weights on either side. */
export interface Contrast {
  readonly words: readonly string[]
  /** Before the last of them in a text, if something stands on both sides. */
  readonly before: number
  readonly after: number
}

export interface LexiconEntry {
  readonly term: string
  /** The class it speaks for; null in a lexicon of valences. */
  readonly label: string | null
  /** Strength; a valence where there is no label, its sign chooses the class. */
  readonly weight: number
}

export interface Lexicon {
  /** Unique in the pack: the name of its file without folder and ending. */
  readonly id: string
  readonly file: string
  readonly match: MatchKind
  readonly caseSensitive: boolean
  /** Classes of positive and negative valence; null where entries name their labels. */
  readonly valence: { readonly above: string; readonly below: string } | null
  readonly negation: Negation | null
  readonly intensifiers: Intensifiers | null
  readonly contrast: Contrast | null
  readonly entries: readonly LexiconEntry[]
}

export type Condition =
  | { readonly kind: 'contains'; readonly term: string; readonly match: MatchKind }
  | { readonly kind: 'regex'; readonly pattern: string }
  | {
      readonly kind: 'near'
      readonly first: string
      readonly second: string
      /** Most words in between. */
      readonly within: number
    }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'all'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'any'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'count'; readonly term: string; readonly atLeast: number }
  | {
      readonly kind: 'length'
      readonly unit: 'characters' | 'words'
      readonly atLeast: number | null
      readonly atMost: number | null
    }
  | {
      readonly kind: 'column'
      readonly column: string
      readonly equals: string | null
      readonly atLeast: number | null
      readonly atMost: number | null
    }

export interface Rule {
  readonly id: string
  readonly when: Condition
  readonly label: string
  /** Probability that the label is right where the rule fires. */
  readonly confidence: number
  /** Overrides the model at prediction, whatever it says. */
  readonly hard: boolean
  readonly note: string
}

export interface Triple {
  readonly head: string
  readonly relation: string
  readonly tail: string
}

export interface Priors {
  /** Expected share of each class; they sum to 1. Empty: none stated. */
  readonly shares: Readonly<Record<string, number>>
  /** Pairs of labels that never stand together (multi-label). */
  readonly forbidden: readonly (readonly [string, string])[]
  /** The second label follows from the first (multi-label). */
  readonly implied: readonly (readonly [string, string])[]
  /** Parent of each label; without a cycle. */
  readonly hierarchy: Readonly<Record<string, string>>
}

export interface Rationale {
  readonly term: string
  /** Whether the term should carry a decision, or must not. */
  readonly role: 'reason' | 'irrelevant'
  readonly label: string | null
}

/** What must not change the answer. */
export interface Invariances {
  readonly text: readonly ('case' | 'digits' | 'punctuation')[]
  /** Each group's words may stand for one another: names, synonyms. */
  readonly swaps: readonly (readonly string[])[]
  readonly images: readonly ('flip' | 'rotate' | 'colour' | 'crop')[]
}

export interface CorpusFile {
  readonly file: string
  readonly lines: number
  readonly bytes: number
}

/** Everything a pack says, as its files say it. The texts of the corpus stay in their files. */
export interface PackContent {
  readonly name: string
  readonly version: number
  readonly language: string
  readonly labels: readonly string[]
  readonly description: string
  readonly licence: string | null
  readonly sources: readonly string[]
  readonly lexicons: readonly Lexicon[]
  readonly rules: readonly Rule[]
  readonly triples: readonly Triple[]
  readonly vocabulary: readonly string[]
  readonly priors: Priors | null
  readonly rationales: readonly Rationale[]
  readonly invariances: Invariances | null
  readonly corpus: readonly CorpusFile[]
}

/** How much of each part a pack has. */
export interface PackCounts {
  readonly lexicons: number
  readonly terms: number
  readonly rules: number
  readonly triples: number
  readonly vocabulary: number
  readonly rationales: number
  readonly corpusLines: number
}

/** A knowledge pack as the workspace knows it; its files lie in a folder named by `hash`. */
export interface KnowledgePack {
  readonly id: PackId
  readonly name: string
  readonly version: number
  readonly language: string
  readonly labels: readonly string[]
  readonly hash: string
  readonly licence: string | null
  readonly counts: PackCounts
  readonly bytes: number
  readonly createdAt: Timestamp
}

/** Where a pack says something wrong. An error keeps it from being used, a warning does not. */
export interface PackProblem {
  readonly severity: 'error' | 'warning'
  /** Path inside the pack. */
  readonly file: string
  /** From 1; null where a whole file is meant. */
  readonly line: number | null
  /** The field or the item, such as "confidence" or a rule's id. */
  readonly field: string | null
  readonly message: string
}

/** A piece of a pack that speaks about rows: "lexicon:valence", "rule:money-back". */
export type PieceId = `lexicon:${string}` | `rule:${string}`

export interface PieceReport {
  readonly piece: PieceId
  /** What it votes for; null where that depends on the row. */
  readonly label: string | null
  /** Rows in which it speaks, and their share. */
  readonly covered: number
  readonly coverage: number
  /** Of the covered rows with a label: how many, and how many agree with it. */
  readonly judged: number
  readonly correct: number
  readonly accuracy: number | null
  /** 95% interval of the accuracy (Wilson 1927). */
  readonly interval: readonly [number, number] | null
  /** Rows in which another piece votes otherwise. */
  readonly conflicts: number
  /** Pieces that speak in the same rows, most shared first. */
  readonly overlaps: readonly { readonly piece: PieceId; readonly rows: number }[]
}

/** What a linter says of a pack on the rows of a dataset, those of its test part left out. */
export interface PackReport {
  readonly problems: readonly PackProblem[]
  readonly rows: number
  readonly labelledRows: number
  readonly pieces: readonly PieceReport[]
  /** Rows that any piece speaks about, those where pieces disagree. */
  readonly covered: number
  readonly conflicting: number
  /** Of the majority vote on covered, labelled rows; null without any. */
  readonly accuracy: number | null
  readonly interval: readonly [number, number] | null
  /** Labels of the dataset that no piece ever votes for. */
  readonly unreachedLabels: readonly string[]
  /** Labels of the pack that the dataset does not have. */
  readonly unmappedLabels: readonly string[]
  /** Texts of test rows that stand in the pack, word for word. */
  readonly leakedRows: number
  readonly milliseconds: number
}

/** A place in a row that a piece found. Offsets count UTF-16 units; `end` is behind the last. */
export interface PieceMatch {
  readonly piece: PieceId
  readonly field: 'text' | 'pair' | 'column'
  readonly term: string
  readonly start: number
  readonly end: number
  /** After negation, intensifiers and contrast. */
  readonly weight: number
  readonly negated: boolean
  readonly intensified: boolean
  /** Whether a contrasting word changed its weight. */
  readonly contrasted: boolean
}

/** A row as a pack sees it: how the pieces vote and where. */
export interface ExplainedRow {
  readonly row: number
  readonly text: string
  readonly label: string | null
  readonly vote: string | null
  readonly matches: readonly PieceMatch[]
}

/** Rules that labelled rows suggest, best first. */
export interface Mining {
  readonly rules: readonly MinedRule[]
  /** Whether they stand out from chance; false: nothing does, and these are the nearest to it. */
  readonly clear: boolean
}

/** A rule that labelled rows suggest. */
export interface MinedRule {
  readonly rule: Rule
  readonly source: 'term' | 'column'
  readonly covered: number
  readonly correct: number
  readonly precision: number
  readonly interval: readonly [number, number]
  /** Log-odds with an informative Dirichlet prior, over its standard deviation (Monroe et al. 2008). */
  readonly zScore: number
  readonly examples: readonly string[]
}
