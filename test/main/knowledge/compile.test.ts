import { describe, expect, test } from 'vitest'
import { compilePack } from '../../../src/main/knowledge/compile'
import { createRandom } from '../../../src/main/platform/random'
import { randomText } from './random-text'
import { lexicon, negation, packOf, row, rule } from './support'

const labels = ['negative', 'positive']

const pack = packOf({
  lexicons: [
    lexicon('mood', { good: 2, bad: -2, ':)': 1, 好: 1, straße: -1 }, { negation }),
    lexicon('stems', { go: 1, ba: -1 }, { match: 'stem' }),
    lexicon('patterns', { 'g[a-z]+': 1 }, { match: 'regex' }),
  ],
  rules: [
    rule('a', { contains: 'good' }),
    rule('b', { all: [{ near: ['good', 'bad', 2] }, { not: { regex: '\\d' } }] }, 'negative'),
    rule('c', {
      any: [
        { column: 'stars', atLeast: 4 },
        { count: '!', atLeast: 2 },
      ],
    }),
    rule('d', { length: 'words', atMost: 3 }, 'negative'),
  ],
})

test('a table holds what is read row by row', () => {
  const compiled = compilePack(pack, labels, {})
  const random = createRandom(17)
  const rows = Array.from({ length: 300 }, (_, at) =>
    row(
      `${randomText(random, 12)} good ${at % 3 === 0 ? 'not bad!!' : ''} ${randomText(random, 6)}`,
      at % 2 === 0 ? { stars: String(random.below(6)) } : {},
      at % 5 === 0 ? randomText(random, 10) : null,
    ),
  )
  const table = compiled.score(rows)
  const { pieces } = table
  expect([table.rows, pieces, table.labels]).toEqual([300, 7, 2])
  rows.forEach((each, at) => {
    const scores = new Float32Array(2 * pieces)
    const votes = new Int16Array(pieces).fill(-1)
    for (const evidence of compiled.read(each)) {
      votes[evidence.piece] = evidence.vote
      scores.set(evidence.scores, 2 * evidence.piece)
    }
    expect(table.votes.subarray(at * pieces, (at + 1) * pieces)).toEqual(votes)
    expect(table.scores.subarray(2 * at * pieces, 2 * (at + 1) * pieces)).toEqual(scores)
  })
})

describe('labels', () => {
  test('are mapped by the map, then by name, then whatever the case', () => {
    const mapped = compilePack(pack, ['Positive', 'bad', 'other'], { negative: 'bad' })
    expect(mapped.pieces.map(({ label }) => label)).toEqual([-1, -1, -1, 0, 1, 0, 1])
    const [evidence] = mapped.read(row('good'))
    expect(evidence?.scores).toEqual([Math.tanh(0.5), -Math.tanh(0.5), 0])
  })

  test('that the dataset does not have leave their pieces silent', () => {
    const compiled = compilePack(pack, ['positive', 'neutral'], {})
    const spoken = compiled.read(row('good bad')).map(({ piece }) => compiled.pieces[piece]?.id)
    expect(spoken).toEqual(['lexicon:mood', 'lexicon:stems', 'lexicon:patterns', 'rule:a'])
    expect(compilePack(pack, ['x', 'y'], {}).read(row('good bad'))).toEqual([])
  })

  test('with names of objects are names like others', () => {
    const strange = packOf({ rules: [rule('r', { contains: 'a' }, 'constructor')] })
    expect(compilePack(strange, ['toString', 'constructor'], {}).pieces[0]?.label).toBe(1)
    expect(compilePack(strange, ['x', 'y'], {}).pieces[0]?.label).toBe(-1)
  })
})

test('pieces can be left out', () => {
  const compiled = compilePack(pack, labels, {}, ['lexicon:stems', 'rule:a', 'rule:unknown'])
  expect(compiled.pieces.map(({ id }) => id)).toEqual([
    ...['lexicon:mood', 'lexicon:patterns', 'rule:b', 'rule:c', 'rule:d'],
  ])
})

test('a rule says its confidence and whether it is hard', () => {
  const hard = { ...rule('h', { contains: 'a' }, 'negative', 0.7), hard: true }
  const [piece] = compilePack(packOf({ rules: [hard] }), labels, {}).pieces
  expect(piece).toEqual({ id: 'rule:h', kind: 'rule', label: 0, confidence: 0.7, hard: true })
})

test('a damaged pattern is refused', () => {
  const damaged = packOf({ rules: [rule('r', { regex: '(' })] })
  expect(() => compilePack(damaged, labels, {})).toThrow(SyntaxError)
})

test('an empty pack and an empty text say nothing', () => {
  expect(compilePack(packOf(), labels, {}).read(row('good'))).toEqual([])
  expect(compilePack(packOf({ lexicons: pack.lexicons }), labels, {}).read(row(''))).toEqual([])
  expect(compilePack(pack, labels, {}).score([]).votes.length).toBe(0)
})

test('a term of thousands of words does not exhaust the stack', () => {
  const long = '好'.repeat(3000)
  const endless = packOf({ lexicons: [lexicon('l', { [long]: 1 })] })
  const [evidence] = compilePack(endless, labels, {}).read(row(`x${long}x`))
  expect(evidence?.matches).toMatchObject([{ start: 1, end: 3001 }])
})
