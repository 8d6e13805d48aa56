import type { Encoded } from '../../data/tokenizer'
import { scaled, sumOf } from '../../knowledge/losses'
import type { AttributionTerm, DeferredNumber, ExtraLoss, TokenBatch } from '../../nn/session'
import type { MicroStep } from '../trainee'
import type { Ingredient, NamedTerm, TermRows } from './ingredients'
import type { RationaleTerms } from './rationales'
import { noTwins, type Twins } from './twins'

/** Rows of one pass, by position; the last ones stand for changed texts, in the order of `changed`. */
export interface TermPass {
  readonly rows: Int32Array
  readonly changed: readonly Encoded[]
  /** Whether the rows' labels count. */
  readonly labelled: boolean
  readonly extra: ExtraLoss | undefined
  /** Factor on the gradient. */
  readonly scale: number
  readonly at: MicroStep
}

/** The model as terms use it. */
export interface TermModel {
  /** Forward and backward pass; returns the mean loss of the labels, where they count. */
  pass(pass: TermPass): DeferredNumber
  /** Adds `scale` × the gradient of a price of attributions; returns the price. */
  price(rows: Int32Array, termOf: (batch: TokenBatch) => AttributionTerm, scale: number): number
}

/** Rows that ride along with the first batch of a step. */
export interface Rider {
  readonly rows: (step: number) => Int32Array
  readonly terms: readonly ((rows: TermRows) => NamedTerm)[]
}

export interface TermParts {
  readonly ingredients: readonly Ingredient[]
  readonly riders: readonly Rider[]
  readonly twins: ((rows: Int32Array, step: number) => Twins) | undefined
  readonly rationales: RationaleTerms | undefined
}

/** The dropout of riders is that of micro-steps that no step has. */
const firstRider = 0x4000

/** Losses that knowledge adds to the steps of a run: functions of seed and step alone. */
export class TrainingTerms {
  private values = new Map<string, number>()

  constructor(private readonly parts: TermParts) {}

  /**
   * One batch of labelled rows with its terms and, with the first of a step, the unlabelled rows that
   * ride along. Returns the mean loss of the labels alone.
   */
  accumulate(model: TermModel, rows: Int32Array, share: number, at: MicroStep): DeferredNumber {
    const { ingredients, riders } = this.parts
    const own = this.withTwins(rows, at.step)
    const terms = ingredients.flatMap(({ labelled }) => labelled?.(own.pass) ?? [])
    const targetWeight = ingredients.reduce(
      (weight, one) => weight * (one.targetWeight?.(at.step) ?? 1),
      1,
    )
    const extra = terms.length === 0 ? undefined : this.extra(terms, targetWeight, share)
    const loss = model.pass({ ...own.batch, labelled: true, extra, scale: share, at })
    this.price(model, rows, share, at.step)
    if (at.microStep === 0) {
      riders.forEach((rider, index) => {
        this.ride(model, rider, { step: at.step, microStep: firstRider + index })
      })
    }
    return loss
  }

  /** Values of the terms since this was last asked for, by series: means over the rows of a step. */
  takeValues(): Readonly<Record<string, number>> {
    const values = Object.fromEntries(this.values)
    this.values = new Map()
    return values
  }

  private ride(model: TermModel, rider: Rider, at: MicroStep): void {
    const own = this.withTwins(rider.rows(at.step), at.step)
    const terms = rider.terms.map((term) => term(own.pass))
    const extra = this.extra(terms, 0, 1)
    model.pass({ ...own.batch, labelled: false, extra, scale: 1, at }).dispose()
  }

  private withTwins(rows: Int32Array, step: number) {
    const twins = this.parts.twins?.(rows, step) ?? noTwins
    const all = Int32Array.of(...rows, ...twins.of.map((place) => rows[place] ?? 0))
    const pairs = Int32Array.from(twins.of.flatMap((place, at) => [place, rows.length + at]))
    const pass: TermRows = { rows: all, pairs, step }
    return { pass, batch: { rows: all, changed: twins.encoded } }
  }

  /** One function for all terms of a pass, which also keeps their values. */
  private extra(terms: readonly NamedTerm[], targetWeight: number, share: number): ExtraLoss {
    return {
      targetWeight,
      term: (logits) =>
        sumOf(
          terms.map(({ series, weight, term }) => {
            const value = term(logits)
            this.keep(series, value.loss * share)
            return scaled(value, weight)
          }),
        ),
    }
  }

  /** Rationales: only rows that have such tokens are computed again. */
  private price(model: TermModel, rows: Int32Array, share: number, step: number): void {
    const { rationales } = this.parts
    if (rationales === undefined) return
    const own = rationales.covered(rows)
    if (own.length === 0) return this.keep('train.rationales', 0)
    const part = (share * own.length) / rows.length
    const price = model.price(own, (batch) => rationales.term(own, batch, step), part)
    this.keep('train.rationales', price * part)
  }

  private keep(series: string, value: number): void {
    this.values.set(series, (this.values.get(series) ?? 0) + value)
  }
}
