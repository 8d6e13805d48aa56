import { beforeAll, describe, expect, it } from 'vitest'
import type { Rationale } from '../../../../src/shared/domain'
import { tokenizeRows } from '../../../../src/main/data/tokenize'
import { padBatch, type TokenizedRows } from '../../../../src/main/data/tokenized'
import { loadTokenizer, type TextTokenizer } from '../../../../src/main/data/tokenizer'
import { irrelevant, reason } from '../../../../src/main/knowledge/attribution'
import type { Piece, ScoreTable } from '../../../../src/main/knowledge/types'
import { answersOf } from '../../../../src/main/trainer/knowledge/answers'
import { textChanger } from '../../../../src/main/trainer/knowledge/augment'
import { featureColumns, gatherScores } from '../../../../src/main/trainer/knowledge/features'
import { imitationAt } from '../../../../src/main/trainer/knowledge/ingredients'
import { rationaleFinder } from '../../../../src/main/trainer/knowledge/rationales'
import { sharesOf } from '../../../../src/main/trainer/knowledge/stated-shares'
import {
  encodedOf,
  joinChanged,
  noTwins,
  twinsOf,
} from '../../../../src/main/trainer/knowledge/twins'
import { toTokenBatch } from '../../../../src/main/trainer/session'
import { fixture } from '../support'

const texts = ['Stocks grew twice', 'the old tree, pruned', 'never paid', 'THE STOCKS at 12']
const rows = texts.map((text) => ({ text, pair: null }))

const tokenized = async (model: string) => {
  const tokenizer = await loadTokenizer(fixture(model))
  const tokens = await tokenizeRows(tokenizer, rows, { maxLength: 16, cacheFolder: null })
  return { tokenizer, tokens }
}

describe('twins of rows', () => {
  let tokenizer: TextTokenizer
  let tokens: TokenizedRows
  beforeAll(async () => {
    ;({ tokenizer, tokens } = await tokenized('bert-classify'))
  })
  const source = (swaps: readonly string[][], share = 1, seed = 1) => {
    const change = textChanger({ text: [], swaps, images: [] })
    if (change === undefined) throw new RangeError('There are swaps.')
    return { rows, tokens, tokenizer, maxLength: 16, change, share, seed }
  }
  const batch = Int32Array.of(3, 1, 0, 2)

  it('are the tokens of the changed text, for rows that change', () => {
    const twins = twinsOf(source([['stocks', 'trees']]), batch, 0)
    expect(twins.of).toEqual([0, 2])
    expect([...(twins.encoded[1]?.ids ?? [])]).toEqual([
      ...tokenizer.encode('trees grew twice', null, 16).ids,
    ])
  })

  it('are none where the tokeniser sees no difference', () => {
    const same = { ...source([['a', 'b']]), change: (text: string) => text.toUpperCase() }
    expect(twinsOf(same, batch, 0)).toEqual(noTwins)
  })

  it('are those of a share of the rows, chosen by seed, step and row', () => {
    const rowsOfSteps = (seed: number): string[] =>
      Array.from({ length: 40 }, (_, step) =>
        twinsOf(source([['stocks', 'trees']], 0.5, seed), batch, step).of.join(),
      )
    const found = rowsOfSteps(1)
    expect(rowsOfSteps(1)).toEqual(found)
    expect(rowsOfSteps(2)).not.toEqual(found)
    expect(new Set(found)).toEqual(new Set(['', '0', '2', '0,2']))
    // A row's fate does not hang on the batch that it is in.
    const alone = twinsOf(source([['stocks', 'trees']], 0.5), Int32Array.of(3), 5)
    expect(alone.of.length).toBe(found[5]?.startsWith('0') === true ? 1 : 0)
  })

  it('stand behind the rows of their batch', () => {
    const twin = tokenizer.encode('trees', null, 16)
    const joined = joinChanged(tokens, Int32Array.of(2, 0), [twin])
    expect([0, 1, 2].map((row) => [...encodedOf(joined, row).ids])).toEqual([
      [...encodedOf(tokens, 2).ids],
      [...encodedOf(tokens, 0).ids],
      [...twin.ids],
    ])
  })
})

describe.each(['bert-classify', 'roberta-classify'])('rationales in the tokens of %s', (model) => {
  const labels = [1, 0, 1, 1]
  const open = async (rationales: readonly Rationale[]) => {
    const { tokenizer, tokens } = await tokenized(model)
    const finder = rationaleFinder({
      ...{ rationales, tokenizer, tokens },
      indexOf: (label) => ['down', 'up'].indexOf(label),
      holds: (row, label) => labels[row] === label,
    })
    /** The words of a row with a role, joined. */
    const found = (row: number, role: number): string => {
      const own = Int32Array.of(2, row)
      const batch = toTokenBatch(padBatch(tokens, own, tokenizer.padId))
      const roles = finder.roles(own, batch)
      return Array.from(batch.ids.subarray(batch.length), (id, at) =>
        roles[batch.length + at] === role ? (tokenizer.token(id) ?? '') : '',
      )
        .join('')
        .replaceAll(/##|Ġ/g, '')
        .toLowerCase()
    }
    return { finder, found }
  }

  it('are whole words, however they are written', async () => {
    const { finder, found } = await open([
      { term: 'stocks', role: 'irrelevant', label: null },
      { term: 'prune', role: 'irrelevant', label: null },
      { term: 'grew twice', role: 'reason', label: null },
    ])
    expect(found(0, irrelevant)).toBe('stocks')
    expect(found(3, irrelevant)).toBe('stocks')
    expect(found(0, reason)).toBe('grewtwice')
    // "pruned" is another word.
    expect(found(1, irrelevant)).toBe('')
    expect([...finder.covered(Int32Array.of(0, 1, 2, 3))]).toEqual([0, 3])
  })

  it('of a label count in rows of that label alone; those of unknown labels never', async () => {
    const { found, finder } = await open([
      { term: 'tree', role: 'reason', label: 'up' },
      { term: 'tree', role: 'irrelevant', label: 'down' },
      { term: 'paid', role: 'reason', label: 'sideways' },
    ])
    expect(found(1, reason)).toBe('')
    expect(found(1, irrelevant)).toBe('tree')
    expect([...finder.covered(Int32Array.of(0, 1, 2, 3))]).toEqual([1])
  })
})

describe('scores as features', () => {
  const pieces: readonly Piece[] = [
    { id: 'lexicon:v', kind: 'lexicon', label: -1, confidence: null, hard: false },
    { id: 'rule:r', kind: 'rule', label: 2, confidence: 0.9, hard: false },
  ]
  const table: ScoreTable = {
    ...{ rows: 2, pieces: 2, labels: 3, votes: new Int16Array(4) },
    scores: Float32Array.of(0.5, -0.5, 0, 0, 0, 1, 0.25, 0, -0.25, 0, 0, 0),
  }

  it('are the columns that can speak, row by row', () => {
    const columns = featureColumns(pieces, 3)
    expect([...columns]).toEqual([0, 1, 2, 5])
    expect([...gatherScores(table, columns, Int32Array.of(1, 0))]).toEqual([
      ...[0.25, 0, -0.25, 0],
      ...[0.5, -0.5, 0, 1],
    ])
  })
})

describe('stated shares', () => {
  const labels = ['a', 'b', 'c']
  const indexOf = (label: string): number => labels.indexOf(label.toLowerCase())
  const priors = (shares: Record<string, number>) => ({
    ...{ shares, forbidden: [], implied: [], hierarchy: {} },
  })

  it('are those of the labels of the run, over their sum', () => {
    const stated = priors({ A: 0.2, c: 0.3, elsewhere: 0.5 })
    const [a, b, c] = sharesOf(stated, indexOf, labels, 'single-label')
    expect([a, b, c]).toEqual([expect.closeTo(0.4), 0, expect.closeTo(0.6)])
  })

  it('of several labels a row stand as they are, and for every label', () => {
    const all = priors({ a: 0.9, b: 0.5, c: 0 })
    expect(sharesOf(all, indexOf, labels, 'multi-label')).toEqual([0.9, 0.5, 0])
    expect(() => sharesOf(priors({ a: 0.9 }), indexOf, labels, 'multi-label')).toThrow('b, c')
  })

  it.each([null, priors({}), priors({ z: 1 })])('are refused where there are none', (none) => {
    expect(() => sharesOf(none, indexOf, labels, 'single-label')).toThrow('priors.yaml')
  })
})

describe('the imitation parameter', () => {
  it('goes linearly from the first step to the last and stays there', () => {
    const at = (step: number) => imitationAt({ start: 0.2, end: 0.6 }, step, 5)
    expect([0, 1, 2, 3, 4, 9].map(at).map((one) => Math.round(one * 1000) / 1000)).toEqual([
      0.2, 0.3, 0.4, 0.5, 0.6, 0.6,
    ])
    expect(imitationAt({ start: 0.2, end: 0.6 }, 0, 1)).toBe(0.6)
  })
})

describe('the answers of several labels a row', () => {
  const log = Math.log
  const answers = answersOf('multi-label', 2)

  it('are compared label by label', () => {
    // Rows (log 3, 0) and (0, 0): only the first label differs.
    const { loss } = answers.consistency(Int32Array.of(0, 1))(Float32Array.of(log(3), 0, 0, 0))
    const ofLabel = [0.75, 0.25].reduce((sum, p) => sum + (p - 0.5) * log(p / 0.5), 0) / 2
    expect(loss).toBeCloseTo(ofLabel / 2, 6)
  })

  it('are weighed by row in the noise-aware loss', () => {
    const term = answers.noiseAware(Float32Array.of(1, 0, 1, 1), Float32Array.of(1, 0))
    const { loss, gradient } = term(Float32Array.of(log(3), 0, 5, 5))
    expect(loss).toBeCloseTo((-log(0.75) - log(0.5)) / 2, 6)
    expect([...gradient.subarray(2)].every((slope) => slope === 0)).toBe(true)
  })

  it('of numbers do not exist', () => {
    expect(() => answersOf('regression', 0)).toThrow('predicts numbers')
  })
})
