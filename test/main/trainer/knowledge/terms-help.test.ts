import { rm } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { DataRow } from '../../../../src/shared/domain/dataset'
import { createRandom } from '../../../../src/main/platform/random'
import type { CreateTrainee } from '../../../../src/main/trainer/setup'
import { addRun, attempt, makeRun, outcomesOf, seriesOf, type RunOptions } from '../support'
import { withTerms, wordRule, type Chosen } from './term-runs'

type RecipePart = NonNullable<RunOptions['recipe']>

const recipe: RecipePart = {
  epochs: 30,
  batch: { size: 8 },
  optimizer: { learningRate: 3e-3 },
  evaluation: { every: 1000 },
  dropout: 0,
  head: { pooling: 'mean' },
  data: { validation: 0, test: 0 },
  knowledge: { pack: 'p', training: 'none', prediction: 'none' },
}

const filler = ['the tree', 'this fruit', 'the orchard', 'an owner', 'a root', 'it came']

interface Told {
  readonly part: 'train' | 'test'
  readonly label: 'positive' | 'negative'
  /** Words that stand between fillers. */
  readonly words: readonly string[]
  readonly unlabelled?: boolean
}

/** Rows in which words stand in random order among fillers. */
function rowsOf(told: readonly Told[]): DataRow[] {
  const random = createRandom(5)
  const pick = (list: readonly string[]): string => list[random.below(list.length)] ?? ''
  return told.map(({ part, label, words, unlabelled }, id): DataRow => {
    const all = [pick(filler), pick(filler)]
    for (const word of words) all.splice(random.below(all.length + 1), 0, word)
    return {
      ...{ id, part, text: all.join(' '), pair: null, columns: {} },
      label: unlabelled === true ? null : label,
    }
  })
}

const repeat = (count: number, make: (at: number) => Told): Told[] =>
  Array.from({ length: count }, (_, at) => make(at))

const labelAt = (at: number): Told['label'] => (at % 2 === 0 ? 'positive' : 'negative')

describe('a constructed task', () => {
  const roots: string[] = []
  afterEach(async () => {
    for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
  })

  /** Accuracy on the test rows without and with what was chosen. */
  async function compare(rows: readonly DataRow[], chosen: Chosen, change: RecipePart = {}) {
    const own = { ...recipe, ...change }
    const run = await makeRun({ rows, recipe: own })
    roots.push(run.root)
    const accuracy = async (folder: string, createTrainee?: CreateTrainee): Promise<number> => {
      await attempt(folder, createTrainee === undefined ? {} : { createTrainee })
      const [outcome] = outcomesOf(folder)
      if (outcome?.kind === 'failed') expect.fail(outcome.error.message)
      if (outcome?.kind !== 'finished') return expect.fail('not finished')
      return outcome.summary.metrics['test.accuracy'] ?? NaN
    }
    const without = await accuracy(run.folder)
    const folder = addRun(run, 'with', { recipe: own })
    const found = await accuracy(folder, withTerms(chosen))
    return { without, with: found, folder }
  }

  it('whose rules cover what the few labels do not: distillation', async () => {
    const known = { positive: ['best'], negative: ['worst'] }
    const covered = { positive: ['fast', 'short'], negative: ['late', 'old'] }
    const row =
      (part: Told['part'], words: typeof covered, unlabelled = false) =>
      (at: number): Told => {
        const label = labelAt(at)
        return { part, label, unlabelled, words: [words[label][at % words[label].length] ?? ''] }
      }
    const rows = rowsOf([
      ...repeat(16, row('train', known)),
      ...repeat(120, row('train', covered, true)),
      ...repeat(100, row('test', covered)),
    ])
    const rules = [
      ...covered.positive.map((word) => wordRule(word, 'positive')),
      ...covered.negative.map((word) => wordRule(word, 'negative')),
    ]
    const found = await compare(rows, { pack: { rules }, methods: [{ use: 'distill' }] })
    expect(found.without).toBeLessThan(0.75)
    expect(found.with).toBeGreaterThan(0.9)
    const values = [...seriesOf(found.folder, 'train.distill.unlabelled').values()]
    expect(values.at(-1)).toBeLessThan((values[0] ?? 0) / 2)
  })

  it('whose classes are shared unevenly: expectations', async () => {
    // A word says little of the class: nine of ten rows are positive whatever it is.
    const row =
      (part: Told['part'], share: number, unlabelled = false) =>
      (at: number): Told => {
        const label = at % 100 < share * 100 ? 'positive' : 'negative'
        const typical = (at * 37) % 100 < 60
        const word = (label === 'positive') === typical ? 'best' : 'worst'
        return { part, label, unlabelled, words: [word] }
      }
    const rows = rowsOf([
      ...repeat(100, row('train', 0.5)),
      ...repeat(200, row('train', 0.9, true)),
      ...repeat(200, row('test', 0.9)),
    ])
    const shares = { positive: 0.9, negative: 0.1 }
    const priors = { shares, forbidden: [], implied: [], hierarchy: {} }
    const found = await compare(
      rows,
      { pack: { priors }, methods: [{ use: 'expectations', weight: 5 }] },
      { epochs: 10, optimizer: { learningRate: 1e-3 } },
    )
    expect(found.without).toBeLessThan(0.75)
    expect(found.with).toBeGreaterThan(found.without + 0.1)
  })

  it('in which a token predicts the label in training and the opposite in the test: rationales', async () => {
    const row =
      (part: Told['part']) =>
      (at: number): Told => {
        const label = labelAt(at)
        const spurious = (label === 'positive') === (part === 'train') ? 'page' : 'mail'
        const telling = label === 'positive' ? 'best' : 'worst'
        return { part, label, words: [telling, spurious, spurious] }
      }
    const rows = rowsOf([...repeat(80, row('train')), ...repeat(100, row('test'))])
    const rationales = ['page', 'mail'].map((term) => ({
      ...({ term, role: 'irrelevant', label: null } as const),
    }))
    const found = await compare(
      rows,
      { pack: { rationales }, methods: [{ use: 'rationales', penalty: 3 }] },
      { epochs: 15 },
    )
    expect(found.without).toBeLessThan(0.3)
    expect(found.with).toBeGreaterThan(0.9)
    const prices = [...seriesOf(found.folder, 'train.rationales').values()]
    expect(prices.at(-1)).toBeLessThan(Math.max(...prices) / 10)
  })

  it('in which names tell the label in training alone: invariances', async () => {
    const row =
      (part: Told['part']) =>
      (at: number): Told => {
        const label = labelAt(at)
        const name = (label === 'positive') === (part === 'train') ? 'page' : 'mail'
        const telling = label === 'positive' ? 'best' : 'worst'
        return { part, label, words: [telling, name, name] }
      }
    const rows = rowsOf([...repeat(80, row('train')), ...repeat(100, row('test'))])
    const invariances = { text: [], swaps: [['page', 'mail']], images: [] } as const
    const found = await compare(
      rows,
      { pack: { invariances }, methods: [{ use: 'invariances' }] },
      { epochs: 15 },
    )
    expect(found.without).toBeLessThan(0.5)
    expect(found.with).toBeGreaterThan(0.9)
  })

  it('whose weak labels reach further than the gold ones: weak labels beside them', async () => {
    const words = { positive: ['fast', 'short'], negative: ['late', 'old'] }
    const row =
      (part: Told['part'], unlabelled = false) =>
      (at: number): Told => {
        const label = labelAt(at)
        const own = unlabelled || part === 'test' ? (words[label][at % 4 > 1 ? 1 : 0] ?? '') : label
        return { part, label, unlabelled, words: [own] }
      }
    const rows = rowsOf([
      ...repeat(16, row('train')),
      ...repeat(120, row('train', true)),
      ...repeat(100, row('test')),
    ])
    const found = await compare(rows, {
      pack: {},
      methods: [{ use: 'weak', when: 'together' }],
      // A label model that is right in four of five rows.
      weak: ({ data }) => {
        const own = data.parts.unlabelled
        const distributions = Float32Array.from(
          Array.from(own, (row, at) => {
            const text = data.rows[row]?.text ?? ''
            const positive = words.positive.some((word) => text.includes(word)) === at % 5 > 0
            return positive ? [0.2, 0.8] : [0.8, 0.2]
          }).flat(),
        )
        return { rows: own, distributions, weights: new Float32Array(own.length).fill(1) }
      },
    })
    expect(found.without).toBeLessThan(0.75)
    expect(found.with).toBeGreaterThan(0.9)
  })

  it('that only the scores can tell: features, with the backbone frozen', async () => {
    const words = { positive: ['fast', 'short', 'best'], negative: ['late', 'old', 'worst'] }
    const row =
      (part: Told['part']) =>
      (at: number): Told => {
        const label = labelAt(at)
        // Of the words of a class the training rows have one only.
        const own = words[label][part === 'train' ? 0 : at % 3] ?? ''
        return { part, label, words: [own] }
      }
    const rows = rowsOf([...repeat(40, row('train')), ...repeat(120, row('test'))])
    const entries = (['positive', 'negative'] as const).flatMap((label) =>
      words[label].map((term) => ({ term, label: null, weight: label === 'positive' ? 3 : -3 })),
    )
    const lexicon = {
      ...({
        id: 'speed',
        file: 'lexicons/speed.csv',
        match: 'word',
        caseSensitive: false,
      } as const),
      ...{ valence: { above: 'positive', below: 'negative' }, negation: null },
      ...{ intensifiers: null, contrast: null, entries },
    }
    const found = await compare(
      rows,
      { pack: { lexicons: [lexicon] }, methods: [{ use: 'features' }] },
      { train: 'head', epochs: 20, optimizer: { learningRate: 1e-2 } },
    )
    expect(found.without).toBeLessThan(0.8)
    expect(found.with).toBeGreaterThan(0.95)
  })
})
