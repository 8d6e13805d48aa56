import { describe, expect, it } from 'vitest'
import { recipeSchema, type RunId } from '@shared/domain'
import { arrange, newestFirst, sortRuns, spreadOf } from '../../../src/renderer/runs/arrange'
import { parseFilter } from '../../../src/renderer/runs/filterParser'
import { exampleRun } from './exampleRun'

const make = (number: number, accuracy: number | null, optimizer: 'adamw' | 'sgd' = 'adamw') =>
  exampleRun({
    id: `run_${number}` as RunId,
    number,
    name: `Run ${number}`,
    metrics: accuracy === null ? {} : { 'test.accuracy': accuracy },
    recipe: recipeSchema.parse({
      model: 'MiniLM',
      data: { dataset: 'film' },
      optimizer: { name: optimizer },
    }),
  })

const recipe = recipeSchema.parse({ model: 'MiniLM', data: { dataset: 'film' } })
const runs = [make(1, 0.7), make(2, null), make(3, 0.9, 'sgd'), make(4, 0.8)]
const all = { filter: { kind: 'all' } as const, groupBy: null, closed: new Set<string>() }
const numbers = (list: readonly { readonly number: number }[]) => list.map((run) => run.number)

describe('the rows of the run table', () => {
  it('are sorted by a metric, with runs that lack it last in both directions', () => {
    expect(numbers(sortRuns(runs, { column: 'test.accuracy', descending: true }))).toEqual([
      3, 4, 1, 2,
    ])
    expect(numbers(sortRuns(runs, { column: 'test.accuracy', descending: false }))).toEqual([
      1, 4, 3, 2,
    ])
  })

  it('sort texts with numbers in them as people count', () => {
    const named = [make(1, null), make(10, null), make(2, null)]
    expect(numbers(sortRuns(named, { column: 'name', descending: false }))).toEqual([1, 2, 10])
  })

  it('leave the order of the list itself alone', () => {
    const before = [...runs]
    sortRuns(runs, newestFirst)
    expect(runs).toEqual(before)
  })

  it('keep only what the filter lets through', () => {
    const parsed = parseFilter('accuracy > 0.75')
    if (!parsed.ok) throw new Error(parsed.problem.message)
    const rows = arrange(runs, { ...all, filter: parsed.filter, sort: newestFirst })
    expect(rows.map((row) => row.key)).toEqual(['run_4', 'run_3'])
  })

  it('stand under a header for each value they are grouped by', () => {
    const rows = arrange(runs, { ...all, groupBy: 'recipe.optimizer.name', sort: newestFirst })
    expect(rows.map((row) => (row.kind === 'group' ? row.value : row.run.number))).toEqual([
      'adamw',
      4,
      2,
      1,
      'sgd',
      3,
    ])
  })

  it('hide below a closed group, whose header still counts them', () => {
    const open = arrange(runs, { ...all, groupBy: 'recipe.optimizer.name', sort: newestFirst })
    const closed = new Set([open[0]?.key ?? ''])
    const rows = arrange(runs, {
      ...all,
      groupBy: 'recipe.optimizer.name',
      sort: newestFirst,
      closed,
    })
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatchObject({ kind: 'group', open: false })
    expect(rows[0]?.kind === 'group' && rows[0].runs).toHaveLength(3)
  })

  it('are all there, in order, when there are 10,000', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      exampleRun({
        id: `run_${index}` as RunId,
        number: index + 1,
        metrics: { 'test.accuracy': Math.sin(index) },
        recipe,
      }),
    )
    const rows = arrange(many, {
      ...all,
      sort: { column: 'test.accuracy', descending: true },
      groupBy: 'recipe.optimizer.name',
    })
    expect(rows).toHaveLength(10_001)
    const values = rows.flatMap((row) =>
      row.kind === 'run' ? [row.run.metrics['test.accuracy'] ?? 0] : [],
    )
    expect(values).toEqual([...values].sort((a, b) => b - a))
  })
})

describe('the spread of a metric over a group', () => {
  it('is mean and standard deviation of the runs that have it', () => {
    const spread = spreadOf(runs, 'test.accuracy')
    expect(spread?.mean).toBeCloseTo(0.8)
    expect(spread?.deviation).toBeCloseTo(0.1)
    expect(spread?.count).toBe(3)
  })

  it('has no deviation for one run and is absent for none', () => {
    expect(spreadOf([make(1, 0.5)], 'test.accuracy')).toEqual({
      mean: 0.5,
      deviation: null,
      count: 1,
    })
    expect(spreadOf([make(1, null)], 'test.accuracy')).toBeNull()
  })
})
