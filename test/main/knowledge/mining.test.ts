import { describe, expect, test } from 'vitest'
import type { LintRow } from '../../../src/main/knowledge/lint-rows'
import { logOddsScore } from '../../../src/main/knowledge/log-odds'
import { mineRules } from '../../../src/main/knowledge/mining'
import { createRandom } from '../../../src/main/platform/random'
import { condition, lexicon, packOf, rule } from './support'

const labels = ['negative', 'positive']
const options = { precision: 0.8, minimumRows: 3, limit: 50 }

const filler = ['the', 'film', 'was', 'seen', 'by', 'many', 'people', 'today', 'again', 'here']

/** Rows in which `words` decide the label in nine of ten, among words that say nothing. */
function syntheticRows(count: number, part: LintRow['part'] = 'train'): readonly LintRow[] {
  const random = createRandom(29)
  return Array.from({ length: count }, (_, id) => {
    const positive = random.below(2) === 1
    const right = random.below(10) > 0
    const words = Array.from({ length: 6 }, () => filler[random.below(filler.length)] ?? '')
    const telling = positive === right ? ['superb', 'money well'] : ['awful', 'money back']
    words.splice(random.below(6), 0, telling[random.below(2)] ?? '')
    return {
      ...{ id, part, text: `${words.join(' ')}.`, pair: null },
      label: positive ? 'positive' : 'negative',
      columns: {
        stars: String(positive ? 3 + random.below(300) / 100 : random.below(400) / 100),
        shop: positive && random.below(3) > 0 ? 'North' : 'South',
        number: String(id),
      },
    }
  })
}

const namesOf = (rows: readonly LintRow[], given: Partial<Parameters<typeof mineRules>[2]> = {}) =>
  mineRules(rows, labels, { ...options, ...given }).rules.map(({ rule: { id } }) => id)

describe('the score', () => {
  test('agrees with equations 15, 20 and 22 worked by hand', () => {
    const counts = { inside: 8, outside: 2, totalInside: 100, totalOutside: 200 }
    // δ = ln(9 / 101) − ln(3 / 207), σ² = 1/9 + 1/3, with α = 1 of 10.
    const expected = (Math.log(9 / 101) - Math.log(3 / 207)) / Math.sqrt(1 / 9 + 1 / 3)
    expect(logOddsScore(counts, 1, 10)).toBeCloseTo(expected, 12)
  })

  test('is 0 where a feature is as common here as there', () => {
    const counts = { inside: 5, outside: 5, totalInside: 50, totalOutside: 50 }
    expect(logOddsScore(counts, 2, 10)).toBeCloseTo(0, 12)
  })
})

describe('mined rules', () => {
  const rows = syntheticRows(400)

  test('are the words, pairs, values and thresholds that tell, best first', () => {
    const { rules: mined } = mineRules(rows, labels, options)
    const terms = mined.filter(({ source }) => source === 'term').map(({ rule: { id } }) => id)
    expect(terms.slice(0, 4).toSorted()).toEqual(['awful', 'back', 'superb', 'well'])
    expect(terms.filter((term) => filler.includes(term))).toEqual([])
    const scores = mined.map(({ zScore }) => zScore)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    const columns = mined.filter(({ source }) => source === 'column').map((each) => each.rule.when)
    expect(columns).toContainEqual(condition({ column: 'shop', equals: 'North' }))
    const [threshold] = columns.flatMap((when) =>
      when.kind === 'column' && when.column === 'stars' && when.atLeast !== null
        ? when.atLeast
        : [],
    )
    expect(threshold).toBeGreaterThan(3.2)
    expect(JSON.stringify(columns)).not.toContain('"number"')
  })

  test('say how often they are right, with examples', () => {
    const { rules: mined } = mineRules(rows, labels, options)
    const superb = mined.find(({ rule: { id } }) => id === 'superb')
    const having = rows.filter(({ text }) => text.includes('superb'))
    const correct = having.filter(({ label }) => label === 'positive').length
    expect(superb).toMatchObject({ covered: having.length, correct })
    expect(superb?.precision).toBeCloseTo(correct / having.length)
    expect(superb?.rule).toMatchObject({ label: 'positive', hard: false })
    expect(superb?.examples).toEqual(having.slice(0, 3).map(({ text }) => text))
  })

  test('state less confidence than their precision, the less the fewer rows they have', () => {
    for (const { precision, rule: mined } of mineRules(rows, labels, options).rules) {
      expect(mined.confidence).toBeLessThan(precision)
    }
    const few = ['good', 'good', 'good'].map((text, id) => ({
      ...{ id, part: 'train' as const, text, pair: null, columns: {}, label: 'positive' },
    }))
    const others = Array.from({ length: 30 }, (_, id) => ({
      ...{ id, part: 'train' as const, text: 'so so', pair: null, columns: {} },
      label: id < 3 ? 'positive' : 'negative',
    }))
    const [first] = mineRules([...few, ...others], labels, {
      ...options,
      minimumRows: 3,
    }).rules.filter(({ rule: { label } }) => label === 'positive')
    expect(first?.rule.id).toBe('good')
    expect(first?.precision).toBe(1)
    expect(first?.rule.confidence).toBeCloseTo((3 + 4 * (6 / 33)) / 7, 2)
  })

  test('never come from validation or test rows', () => {
    expect(namesOf(syntheticRows(400, 'validation'))).toEqual([])
    expect(namesOf(syntheticRows(400, 'test'))).toEqual([])
    expect(namesOf(syntheticRows(400, 'all')).length).toBeGreaterThan(3)
  })

  test('do not repeat what the pack says', () => {
    const known = packOf({
      lexicons: [lexicon('l', { Superb: 2 })],
      rules: [rule('awful', { any: [{ contains: 'AWFUL' }, { contains: 'x' }] })],
    })
    const names = namesOf(rows, { known })
    expect(names).not.toContain('superb')
    expect(names.filter((name) => name.startsWith('awful'))).toEqual([])
    expect(names).toContain('back')
  })

  test('are pairs where a word alone tells less', () => {
    const turned = Array.from({ length: 80 }, (_, id) => ({
      ...{ id, part: 'train' as const, pair: null, columns: {} },
      text: id % 2 === 0 ? 'well made' : id % 4 === 1 ? 'made badly well' : 'badly made, not well',
      label: id % 2 === 0 ? 'positive' : 'negative',
    }))
    const [positive] = mineRules(turned, labels, options).rules.filter(
      ({ rule: each }) => each.label === 'positive',
    )
    expect(positive?.rule.when).toEqual({ kind: 'contains', term: 'well made', match: 'phrase' })
  })

  /** Rows of one word each: how often it stands in rows of either label. */
  const rowsOf = (counts: Readonly<Record<string, readonly [number, number]>>) =>
    Object.entries(counts).flatMap(([text, [positive, negative]]) =>
      Array.from({ length: positive + negative }, (_, at) => ({
        ...{ id: at, part: 'train' as const, text, pair: null, columns: {} },
        label: at < positive ? 'positive' : 'negative',
      })),
    )

  test('stand out from chance: a word that happens to be right does not', () => {
    const mined = mineRules(
      rowsOf({ superb: [20, 0], awful: [0, 20], of: [4, 1] }),
      labels,
      options,
    )
    expect(mined.clear).toBe(true)
    expect(mined.rules.map(({ rule: { id } }) => id).toSorted()).toEqual(['awful', 'superb'])
  })

  test('that come nearest to it are told as such where nothing does', () => {
    const mined = mineRules(rowsOf({ so: [10, 10], of: [4, 1] }), labels, options)
    expect(mined.clear).toBe(false)
    expect(mined.rules.map(({ rule: { id } }) => id)).toEqual(['of'])
    for (const { zScore } of mined.rules) expect(zScore).toBeLessThan(2)
    expect(mineRules([], labels, options)).toEqual({ rules: [], clear: true })
  })

  test('hold to the filters', () => {
    expect(namesOf(rows, { limit: 2 })).toHaveLength(2)
    expect(namesOf(rows, { minimumRows: 1000 })).toEqual([])
    for (const { precision } of mineRules(rows, labels, { ...options, precision: 0.9 }).rules) {
      expect(precision).toBeGreaterThanOrEqual(0.9)
    }
  })

  test('have ids that no rule of the pack has', () => {
    const known = packOf({ rules: [rule('superb', { contains: 'other' })] })
    expect(namesOf(rows, { known })).toContain('superb-2')
  })

  test('need labelled rows', () => {
    expect(namesOf([])).toEqual([])
    expect(namesOf(rows.map((row) => ({ ...row, label: null })))).toEqual([])
  })

  test('of scripts without spaces are characters in a row', () => {
    const chinese = Array.from({ length: 20 }, (_, id) => ({
      ...{ id, part: 'train' as const, pair: null, columns: {} },
      text: id % 2 === 0 ? '电影好看' : '电影难看',
      label: id % 2 === 0 ? 'positive' : 'negative',
    }))
    expect(namesOf(chinese)).toEqual(expect.arrayContaining(['好', '难']))
  })
})
