import type { ScoreTable } from '../types'
import type { Numbers } from '../softmax'

/** Labelled rows as the fit sees them: what the model says, and the pieces that speak. */
export interface FusionDesign {
  readonly task: 'single-label' | 'multi-label'
  readonly rows: number
  readonly classes: number
  readonly pieces: number
  /** [rows, classes]: logits of the model. */
  readonly logits: Float64Array
  /** [rows, classes]: probability of each class, 0 or 1 where a person labelled. */
  readonly targets: Float64Array
  /** Evidence of row i: positions from starts[i] to below starts[i + 1]. */
  readonly starts: Int32Array
  /** [positions]: which piece speaks. */
  readonly piece: Int32Array
  /** [positions, classes] */
  readonly scores: Float64Array
}

export interface DesignInput {
  readonly task: 'single-label' | 'multi-label'
  /** [rows, classes] */
  readonly logits: Numbers
  readonly table: ScoreTable
  /** [rows] class indices, or [rows, classes] of 0 and 1 (multi-label). */
  readonly y: Int32Array
  /** Pieces that take no part. */
  readonly ignored?: ReadonlySet<number>
}

export function createDesign({ task, logits, table, y, ignored }: DesignInput): FusionDesign {
  const { rows, pieces, labels: classes } = table
  const starts = new Int32Array(rows + 1)
  const piece: number[] = []
  const scores: number[] = []
  for (let i = 0; i < rows; i += 1) {
    for (let p = 0; p < pieces; p += 1) {
      const from = (i * pieces + p) * classes
      let speaks = false
      for (let k = 0; k < classes && !speaks; k += 1) speaks = table.scores[from + k] !== 0
      if (!speaks || ignored?.has(p) === true) continue
      piece.push(p)
      for (let k = 0; k < classes; k += 1) scores.push(table.scores[from + k] ?? 0)
    }
    starts[i + 1] = piece.length
  }
  const targets = new Float64Array(rows * classes)
  if (task === 'multi-label') targets.set(y)
  else {
    y.forEach((label, row) => {
      targets[row * classes + label] = 1
    })
  }
  return {
    task,
    rows,
    classes,
    pieces,
    logits: Float64Array.from(logits),
    targets,
    starts,
    piece: Int32Array.from(piece),
    scores: Float64Array.from(scores),
  }
}

/** The same rows without any piece. */
export const withoutEvidence = (design: FusionDesign): FusionDesign => ({
  ...design,
  pieces: 0,
  starts: new Int32Array(design.rows + 1),
  piece: new Int32Array(0),
  scores: new Float64Array(0),
})

/** The same rows without what these pieces say; the numbers of the others stay. */
export function withoutPieces(design: FusionDesign, left: ReadonlySet<number>): FusionDesign {
  const { rows, classes } = design
  const starts = new Int32Array(rows + 1)
  const piece: number[] = []
  const scores: number[] = []
  for (let i = 0; i < rows; i += 1) {
    for (let at = design.starts[i] ?? 0; at < (design.starts[i + 1] ?? 0); at += 1) {
      const p = design.piece[at] ?? 0
      if (left.has(p)) continue
      piece.push(p)
      scores.push(...design.scores.subarray(at * classes, (at + 1) * classes))
    }
    starts[i + 1] = piece.length
  }
  return { ...design, starts, piece: Int32Array.from(piece), scores: Float64Array.from(scores) }
}

/** Rows in which each piece speaks: [pieces]. */
export function coverage(design: FusionDesign): Int32Array {
  const covered = new Int32Array(design.pieces)
  design.piece.forEach((p) => {
    covered[p] = (covered[p] ?? 0) + 1
  })
  return covered
}

/** Model's logits plus Σ λ s of one row, written to `into` [classes]. */
export function fusedLogits(
  design: FusionDesign,
  row: number,
  weights: Float64Array,
  into: Float64Array,
): void {
  const { classes } = design
  for (let k = 0; k < classes; k += 1) into[k] = design.logits[row * classes + k] ?? 0
  for (let at = design.starts[row] ?? 0; at < (design.starts[row + 1] ?? 0); at += 1) {
    const weight = weights[design.piece[at] ?? 0] ?? 0
    if (weight === 0) continue
    for (let k = 0; k < classes; k += 1) {
      into[k] = (into[k] ?? 0) + weight * (design.scores[at * classes + k] ?? 0)
    }
  }
}
