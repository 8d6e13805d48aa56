import { describe, expect, it } from 'vitest'
import { complete } from '../../../src/renderer/runs/completion'
import { matches } from '../../../src/renderer/runs/filter'
import { parseFilter } from '../../../src/renderer/runs/filterParser'
import { exampleRun } from './exampleRun'

const run = exampleRun({
  number: 7,
  name: 'Film baseline',
  tags: ['draft'],
  metrics: { 'test.accuracy': 0.86, 'validation.loss': 0.35 },
})

const passes = (text: string): boolean => {
  const parsed = parseFilter(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return matches(parsed.filter, run)
}

describe('the filter of the run table', () => {
  it('lets every run through when it is empty', () => {
    expect(passes('  ')).toBe(true)
  })

  it('compares metrics by the short name people use', () => {
    expect(passes('accuracy > 0.8')).toBe(true)
    expect(passes('accuracy >= 86%')).toBe(true)
    expect(passes('accuracy > 0.86')).toBe(false)
    expect(passes('validation.loss < 0.4')).toBe(true)
  })

  it('compares the recipe, also by the name of a part', () => {
    expect(passes('recipe.optimizer = "adamw"')).toBe(true)
    expect(passes('recipe.optimizer.learningRate = 5e-5')).toBe(true)
    expect(passes('recipe.batch.size != 32')).toBe(false)
  })

  it('binds "and" closer than "or", and follows brackets and "not"', () => {
    expect(passes('state = failed and tags = nothing or name ~ film')).toBe(true)
    expect(passes('state = failed and (tags = nothing or name ~ film)')).toBe(false)
    expect(passes('not (state = failed or tags ~ final)')).toBe(true)
  })

  it('finds a bare word in names and tags, and wants a connective between two', () => {
    expect(passes('baseline')).toBe(true)
    expect(passes('draft and "#7"')).toBe(true)
    expect(parseFilter('draft baseline').ok).toBe(false)
  })

  it('lets only != pass where a run has no such field', () => {
    expect(passes('test.f1 > 0')).toBe(false)
    expect(passes('test.f1 != 1')).toBe(true)
  })

  it('says what is missing and where', () => {
    const problem = parseFilter('accuracy >')
    expect(problem).toEqual({
      ok: false,
      problem: { message: 'Expected a value after ">".', position: 10 },
    })
    const open = parseFilter('(accuracy > 1')
    expect(open.ok).toBe(false)
    const stray = parseFilter('accuracy > 1 name')
    expect(stray).toMatchObject({ ok: false, problem: { position: 13 } })
  })
})

describe('completion', () => {
  it('offers fields that begin with what was typed first', () => {
    expect(complete('val', 3, [run])[0]).toEqual({ text: 'validation.loss', from: 0, to: 3 })
  })

  it('offers the values that runs have', () => {
    expect(complete('state = f', 9, [run]).map((c) => c.text)).toEqual(['finished'])
  })
})
