/**
 * What knowledge costs: a lexicon of 100,000 terms on 100,000 short rows, and the linter on 1,000
 * rules and 10,000 rows, the first time and after an edit, and words that join answers of a model.
 * Medians are printed and appended to docs/benchmarks.md.
 */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compilePack } from '../../src/main/knowledge/compile'
import { prepareRows } from '../../src/main/knowledge/lint-rows'
import { lintPack } from '../../src/main/knowledge/linter'
import { VoteMemory } from '../../src/main/knowledge/piece-votes'
import { RowBatch } from '../../src/main/knowledge/row-batch'
import type { Random } from '../../src/main/platform/random'
import { createRandom } from '../../src/main/platform/random'
import { tokenFeatures } from '../../src/main/knowledge/token-features'
import { joinWords } from '../../src/main/knowledge/word-answers'
import { lexicon, packOf, rule } from '../main/knowledge/support'
import { cell, median, publish } from './report'

const { rounds } = z
  .object({ rounds: z.coerce.number().int().min(1).default(5) })
  .parse(JSON.parse(process.env.GRAFTBENCH_BENCH ?? '{}'))
const labels = ['negative', 'positive']

const letters = 'etaoinshrdlucmfw'

/** Words of 3 to 10 letters, the first ones common, as in a text (Zipf). */
const wordOf = (number: number): string => {
  let word = ''
  for (let left = number + 4096; left > 0; left = Math.floor(left / 16)) word += letters[left % 16]
  return word
}
const below = (random: Random, words: number): number =>
  Math.floor(words ** ((random.next() + 1) / 2 ** 32)) - 1
const draw = (random: Random, words: number): string => wordOf(below(random, words))

const textOf = (random: Random, words: number): string =>
  `${Array.from({ length: 20 }, () => draw(random, words)).join(' ')}.`

function milliseconds(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

const measure = (work: () => unknown): number =>
  median(Array.from({ length: rounds }, () => milliseconds(work)))

test('what knowledge costs', async () => {
  const random = createRandom(1)
  const table: string[][] = []
  const rows = Array.from({ length: 100_000 }, () => ({
    ...{ text: textOf(random, 150_000), pair: null },
    columns: { stars: String(random.below(6)) },
  }))
  const entries = Array.from({ length: 100_000 }, (_, at) => ({
    term: at % 4 === 0 ? `${wordOf(at)} ${wordOf(at + 7)}` : wordOf(at),
    label: null,
    weight: random.below(9) - 4,
  }))
  const pack = packOf({ lexicons: [lexicon('terms', entries)] })
  const compile = measure(() => compilePack(pack, labels, {}))
  const compiled = compilePack(pack, labels, {})
  table.push(['100,000 terms made ready', cell(compile, 0)])
  table.push([
    '100,000 terms, 100,000 rows of 20 words, scores',
    cell(
      measure(() => compiled.score(rows)),
      0,
    ),
  ])
  table.push([
    'the words of 100,000 rows alone',
    cell(
      measure(() => RowBatch.of(rows)),
      0,
    ),
  ])
  table.push([
    'one row read, with places',
    cell(
      measure(() => compiled.read(rows[0] ?? fail())),
      3,
    ),
  ])

  const lintRows = rows.slice(0, 10_000).map((row, id) => ({
    ...row,
    id,
    part: 'all' as const,
    label: labels[random.below(2)] ?? null,
  }))
  const conditions = [
    (at: number) => ({ contains: wordOf(at) }),
    (at: number) => ({ any: [{ contains: wordOf(at) }, { contains: wordOf(at + 500) }] }),
    (at: number) => ({ all: [{ contains: wordOf(at % 50) }, { not: { contains: wordOf(at) } }] }),
    (at: number) => ({ near: [wordOf(at % 50), wordOf(at % 70), 3] as const }),
    (at: number) => ({ regex: `${wordOf(at)}\\s+${wordOf(at % 10)}` }),
    (at: number) => ({ all: [{ column: 'stars', atLeast: at % 5 }, { contains: wordOf(at) }] }),
  ]
  const rules = Array.from({ length: 1000 }, (_, at) =>
    rule(`rule-${at}`, conditions[at % conditions.length]?.(at) ?? fail(), labels[at % 2] ?? ''),
  )
  const content = packOf({ rules })
  let prepared = prepareRows(lintRows, labels)
  const prepare = measure(() => {
    prepared = prepareRows(lintRows, labels)
  })
  const lint = (memory: VoteMemory, edited = rules): unknown =>
    lintPack({ content: { ...content, rules: edited }, labels, map: {}, rows: prepared, memory })
  const memory = new VoteMemory()
  table.push(['10,000 rows made ready', cell(prepare, 0)])
  table.push([
    'linter, 1,000 rules, 10,000 rows',
    cell(
      measure(() => lint(new VoteMemory())),
      0,
    ),
  ])
  lint(memory)
  let edit = 0
  const edited = measure(() => {
    edit += 1
    const changed = rule('rule-0', { contains: wordOf(1000 + edit) }, 'positive')
    return lint(memory, [changed, ...rules.slice(1)])
  })
  table.push(['linter after the edit of one rule', cell(edited, 0)])
  const texts = Array.from({ length: 5000 }, () =>
    Int32Array.from({ length: 25 }, () => below(random, 30_000)),
  )
  table.push([
    '5,000 rows of 25 tokens by tokens and pairs',
    cell(
      measure(() => tokenFeatures(texts)),
      0,
    ),
  ])
  const words = tokenFeatures(texts)
  for (const classes of [2, 20]) {
    const logits = Float32Array.from({ length: 5000 * classes }, () => random.below(7) - 3)
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now()
      await joinWords(logits, words, classes, () => Promise.resolve())
      times.push(performance.now() - start)
    }
    table.push([`answers of ${classes} classes for them joined`, cell(median(times), 0)])
  }
  publish(
    'What knowledge costs',
    `Medians of ${rounds} runs. Words are drawn by Zipf's law; a quarter of the terms are two words; rules are words, pairs, negations, nearness, patterns and columns in equal parts.`,
    ['', 'ms'],
    table,
  )
  expect(table.every(([, figure]) => figure !== '–')).toBe(true)
})

function fail(): never {
  throw new Error('The list is empty.')
}
