import { describe, expect, it } from 'vitest'
import { listedProblems } from '../../../src/renderer/ui/errors'

describe('the mistakes of a refused pack', () => {
  it('are listed file by file with their places, without the warnings', () => {
    const problem = { severity: 'error', file: 'a.csv', line: 2, field: 'term', message: 'Empty.' }
    const problems = [
      problem,
      { ...problem, severity: 'warning' },
      { ...problem, file: 'rules.yaml', line: null, field: null },
      { ...problem, line: 1, field: null },
    ]
    expect(listedProblems({ code: 'pack.invalid', message: 'No.', details: { problems } })).toEqual(
      [
        { place: 'a.csv:1', message: 'Empty.' },
        { place: 'a.csv:2', message: 'term: Empty.' },
        { place: 'rules.yaml', message: 'Empty.' },
      ],
    )
  })

  it('are none where an error lists something else', () => {
    const problems = [{ path: 'epochs', message: 'Too many.', line: 3 }]
    expect(listedProblems({ code: 'recipe.invalid', message: 'No.' })).toEqual([])
    expect(
      listedProblems({ code: 'recipe.invalid', message: 'No.', details: { problems } }),
    ).toEqual([])
  })
})
