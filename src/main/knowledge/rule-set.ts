import type { PieceMatch, Rule } from '@shared/domain'
import type { Bits } from './bits'
import { placesOf } from './condition-places'
import type { Test } from './conditions'
import { holds, prepare } from './conditions'
import type { Found } from './probes'
import { undamaged } from './pattern'
import { Probes } from './probes'
import type { RowBatch } from './row-batch'
import type { Piece } from './types'

/** A rule that fires in the one row of a batch, and where. */
export interface Fired {
  /** Position of the rule in the set. */
  readonly rule: number
  readonly matches: readonly PieceMatch[]
}

/**
 * Rules made ready for the labels of a dataset; a rule of a label that the dataset does not have
 * never fires. Throws SyntaxError for a damaged pattern, unless `lenient`: then that rule never
 * fires.
 */
export class RuleSet {
  readonly pieces: readonly Piece[]
  readonly #tests: readonly (Test | null)[]
  readonly #probes = new Probes()

  constructor(rules: readonly Rule[], labelIndex: (label: string) => number, lenient = false) {
    this.pieces = rules.map(({ id, label, confidence, hard }) => ({
      id: `rule:${id}`,
      kind: 'rule',
      label: labelIndex(label),
      confidence,
      hard,
    }))
    this.#tests = rules.map(({ when }) => {
      const ready = (): Test => prepare(when, this.#probes)
      return lenient ? undamaged(ready) : ready()
    })
  }

  /** For each rule the rows in which it fires; null where it never can. */
  fire(batch: RowBatch, found = this.#probes.search(batch)): readonly (Bits | null)[] {
    return this.#tests.map((test, at) => {
      const { label = -1 } = this.pieces[at] ?? {}
      return label === -1 || test === null ? null : holds(test, batch, found)
    })
  }

  /** The rules that fire in the one row of a batch. */
  read(batch: RowBatch): readonly Fired[] {
    const found = this.#probes.search(batch)
    return this.fire(batch, found).flatMap((rows, rule) =>
      rows?.has(0) === true ? this.#place(batch, found, rule) : [],
    )
  }

  #place(batch: RowBatch, found: Found, rule: number): readonly Fired[] {
    const [piece, test] = [this.pieces[rule], this.#tests[rule]]
    if (piece === undefined || test === undefined || test === null) return []
    return [{ rule, matches: placesOf(test, batch, found, piece.id) }]
  }
}
