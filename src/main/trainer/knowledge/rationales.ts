import type { Rationale } from '@shared/domain'
import type { TokenizedRows } from '../../data/tokenized'
import type { TextTokenizer } from '../../data/tokenizer'
import { termFinder, wordFinder } from '../../data/words'
import {
  attributionLoss,
  irrelevant,
  moveIrrelevant,
  reason,
  type AttributedTokens,
  type AttributionStrengths,
  type Move,
} from '../../knowledge/attribution'
import type { AttributionTerm, TokenBatch, TokenPlaces } from '../../nn/session'
import type { Answers } from './answers'
import { encodedOf } from './twins'

/** What a term says of the rows of a label, or of all. */
interface Role {
  readonly role: typeof irrelevant | typeof reason
  /** Index of the label; -1: whatever the label. */
  readonly label: number
}

/** Finds the tokens of rows that should, or must not, carry a decision. */
export interface RationaleFinder {
  /** Those of the rows that have such tokens. */
  covered(rows: Int32Array): Int32Array
  /** Role of each cell of a batch of these rows, [rows · length]. */
  roles(rows: Int32Array, batch: TokenBatch): Int8Array
  /** Whether a label holds of the row at that position. */
  readonly holds: (row: number, label: number) => boolean
}

export interface RationaleSource {
  readonly rationales: readonly Rationale[]
  /** Index of a pack's label among the run's; -1: none. */
  readonly indexOf: (label: string) => number
  readonly tokenizer: TextTokenizer
  readonly tokens: TokenizedRows
  /** Whether a label holds of the row at that position. */
  readonly holds: (row: number, label: number) => boolean
}

/**
 * Terms are found as the tokeniser writes them, in the case of the file, in lower case, capitalised
 * and in upper case. One that names a label counts in rows of that label.
 */
export function rationaleFinder(source: RationaleSource): RationaleFinder {
  const wordsOf = wordFinder(source.tokenizer)
  const find = termFinder(source.tokenizer, termsOf(source))
  const known = new Map<number, boolean>()
  const rolesOf = (row: number, ids: Int32Array): Int8Array => {
    const roles = new Int8Array(ids.length)
    for (const { start, end, content } of find(ids, wordsOf(ids))) {
      const own = content.find(({ label }) => label < 0 || source.holds(row, label))
      if (own !== undefined) roles.fill(own.role, start, end)
    }
    return roles
  }
  const covers = (row: number): boolean => {
    const before = known.get(row)
    if (before !== undefined) return before
    const found = rolesOf(row, encodedOf(source.tokens, row).ids).some((role) => role !== 0)
    known.set(row, found)
    return found
  }
  return {
    holds: source.holds,
    covered: (rows) => rows.filter(covers),
    roles(rows, batch) {
      const roles = new Int8Array(batch.rows * batch.length)
      rows.forEach((row, index) => {
        const start = index * batch.length
        roles.set(rolesOf(row, batch.ids.subarray(start, start + batch.length)), start)
      })
      return roles
    },
  }
}

/** Every way to write a term with all that is said of it; what the tokeniser writes alike is one. */
function termsOf({ rationales, indexOf, tokenizer }: RationaleSource) {
  const roles = new Map<string, Role[]>()
  const forms: (readonly [string, Role[]])[] = []
  for (const { term, role, label } of rationales) {
    const index = label === null ? -1 : indexOf(label)
    if (label !== null && index < 0) continue
    const own: Role = { role: role === 'reason' ? reason : irrelevant, label: index }
    for (const form of formsOf(term)) {
      const key = tokenizer.encodeBare(form).join()
      const list = roles.get(key) ?? []
      if (list.length === 0) forms.push([form, list])
      if (!list.includes(own)) list.push(own)
      roles.set(key, list)
    }
  }
  return forms
}

const formsOf = (term: string): ReadonlySet<string> =>
  new Set([
    term,
    term.toLowerCase(),
    term.charAt(0).toUpperCase() + term.slice(1),
    term.toUpperCase(),
  ])

/** The price of attributions that a run's batches have. */
export interface RationaleTerms {
  /** Those of the rows that have one. */
  covered(rows: Int32Array): Int32Array
  /** The price of those rows, whose tokens are the batch. */
  term(rows: Int32Array, batch: TokenBatch, step: number): AttributionTerm
}

/**
 * Attributions are by a token's vector in units of the vectors' mean length, whatever the model's
 * width: what a token has to say is then of the order of its attribution's length. `move` says from
 * where, at a step, the attributions of a row are asked for.
 */
export function rationaleTerms(
  finder: RationaleFinder,
  answers: Answers,
  strengths: AttributionStrengths,
  move: (row: number, step: number) => Move,
): RationaleTerms {
  return {
    covered: (rows) => finder.covered(rows),
    term(rows, batch, step) {
      const roles = finder.roles(rows, batch)
      const moves = Array.from(rows, (row) => move(row, step))
      const tokensOf = ({ cells, owners }: TokenPlaces): AttributedTokens => ({
        ...{ owners, rows: batch.rows },
        roles: Array.from(cells, (cell) => roles[cell] ?? 0),
      })
      return {
        answers: (weights) =>
          answers.logOdds((index, label) => finder.holds(rows[index] ?? 0, label), weights),
        start: (x, places) => moveIrrelevant(x, places.width, tokensOf(places), moves),
        price: (attribution, places) => {
          const relative = attribution.map((slope) => slope * places.length)
          const price = attributionLoss(relative, places.width, tokensOf(places), strengths)
          return { loss: price.loss, gradient: price.gradient.map((one) => one * places.length) }
        },
      }
    },
  }
}
