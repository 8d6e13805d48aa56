import { GraftError } from '@shared/errors'
import type { Random } from '../../platform/random'
import type { TextTokenizer } from '../../data/tokenizer'
import { termFinder, wordFinder } from '../../data/words'

export interface MaskingSettings {
  /** Expected share of the tokens that are asked for. */
  readonly maskRate: number
  /** Whether all tokens of a word are asked for together. */
  readonly wholeWord: boolean
  /** Terms are asked for so many times as often as other words. */
  readonly domainTerms: number
}

/** A row with some tokens hidden; both arrays are as long as the row. */
export interface MaskedRow {
  readonly ids: Int32Array
  /** The token that stood there where it is asked for, elsewhere `ignored`. */
  readonly targets: Int32Array
}

export type Masker = (ids: Int32Array, random: Random) => MaskedRow

/** Not asked for, as PyTorch and `nn/targets` say it. */
export const ignored = -100

/**
 * Masking for masked language models (Devlin et al. 2019, 3.1), by whole words: of the tokens asked
 * for, 80% become the mask, 10% a random token, 10% stay. Each word is drawn on its own with the
 * probability p, words of `terms` with k p; p is such that the expected share is `maskRate`. A row
 * from which nothing was drawn is asked for one word. Throws recipe.invalid without a mask token.
 */
export function createMasker(
  tokenizer: TextTokenizer,
  settings: MaskingSettings,
  terms: readonly string[],
): Masker {
  const { maskId } = tokenizer
  if (maskId === undefined) {
    throw new GraftError(
      'recipe.invalid',
      'knowledge.training, pretrain: the tokeniser of the model has no mask token, so that nothing can be hidden from it. Choose a model such as BERT or RoBERTa, or leave pretrain out.',
      { path: 'knowledge.training' },
    )
  }
  const wordsOf = wordFinder(tokenizer)
  const findTerms = termFinder(
    tokenizer,
    settings.domainTerms === 1 ? [] : terms.map((term): [string, true] => [term, true]),
  )
  const shown = Array.from({ length: tokenizer.vocabulary }, (_, id) => id).filter(
    (id) => !tokenizer.special.has(id),
  )
  return (ids, random) => {
    const words = wordsOf(ids)
    const weights = new Float64Array(ids.length).fill(1)
    for (const { start, end } of findTerms(ids, words)) {
      weights.fill(settings.domainTerms, start, end)
    }
    const units = unitsOf(words, weights, settings.wholeWord)
    const drawn = draw(units, settings.maskRate, random)
    const masked = ids.slice()
    const targets = new Int32Array(ids.length).fill(ignored)
    for (const { start, end } of drawn) {
      for (let at = start; at < end; at += 1) {
        targets[at] = ids[at] ?? 0
        const kind = uniform(random)
        if (kind < 0.8) masked[at] = maskId
        else if (kind < 0.9) masked[at] = shown[random.below(shown.length)] ?? maskId
      }
    }
    return { ids: masked, targets }
  }
}

/** Tokens that are drawn together. */
interface Unit {
  readonly start: number
  readonly end: number
  readonly weight: number
}

/** Words, or single tokens; special tokens are in none. A word has its heaviest token's weight. */
function unitsOf(words: Int32Array, weights: Float64Array, wholeWord: boolean): readonly Unit[] {
  const units: Unit[] = []
  let start = 0
  while (start < words.length) {
    let end = start + 1
    if (wholeWord) while (end < words.length && words[end] === words[start]) end += 1
    if ((words[start] ?? -1) >= 0) {
      units.push({ start, end, weight: Math.max(...weights.subarray(start, end)) })
    }
    start = end
  }
  return units
}

function draw(units: readonly Unit[], rate: number, random: Random): readonly Unit[] {
  if (units.length === 0) return []
  const probabilityOf = probabilities(units, rate)
  const drawn = units.filter((unit) => uniform(random) < probabilityOf(unit))
  if (drawn.length > 0) return drawn
  const total = units.reduce((sum, { weight }) => sum + weight, 0)
  let left = uniform(random) * total
  return units.filter(({ weight }) => {
    const chosen = left >= 0 && left < weight
    left -= weight
    return chosen
  })
}

/**
 * p = rate N / (n + k m) for N = n + m tokens, m of them in terms with weight k; where k p is above
 * 1, terms have 1 and the others what is left of the rate.
 */
function probabilities(units: readonly Unit[], rate: number): (unit: Unit) => number {
  let plain = 0
  let heavy = 0
  let factor = 1
  for (const { start, end, weight } of units) {
    if (weight === 1) plain += end - start
    else {
      heavy += end - start
      factor = weight
    }
  }
  const wanted = rate * (plain + heavy)
  const p = wanted / (plain + factor * heavy)
  if (factor * p <= 1) return ({ weight }) => weight * p
  const rest = plain === 0 ? 0 : (wanted - heavy) / plain
  return ({ weight }) => (weight === 1 ? rest : 1)
}

const uniform = (random: Random): number => random.next() / 2 ** 32
