import { describe, expect, it } from 'vitest'
import { classFault, hierarchyFaults, withOthers } from '../../../src/renderer/knowledge/faults'
import { lexiconShape, rationaleShape } from '../../../src/renderer/knowledge/tables'

const labels = ['negative', 'positive']

describe('a row that names an unknown class', () => {
  it('is marked in its cell of a lexicon and of rationales, known ones and none are not', () => {
    const classOf = lexiconShape({ valence: null, caseSensitive: false }, labels).columns[1]
    const entry = { term: 'refund', label: 'angry', weight: 1 }
    expect(classOf?.faultOf?.(entry)).toContain('angry')
    expect(classOf?.faultOf?.({ ...entry, label: 'negative' })).toBeNull()
    const reasonOf = rationaleShape(labels).columns[2]
    expect(reasonOf?.faultOf?.({ term: 'refund', role: 'reason', label: 'angry' })).toContain(
      'angry',
    )
    expect(reasonOf?.faultOf?.({ term: 'Monday', role: 'irrelevant', label: null })).toBeNull()
  })

  it('is shown where only the pack speaks of it', () => {
    expect(withOthers(labels, { positive: 0.5, angry: 0.5 })).toEqual([...labels, 'angry'])
    expect(classFault('', labels)).not.toBeNull()
  })
})

describe('a hierarchy', () => {
  const faultsOf = (hierarchy: Readonly<Record<string, string>>): readonly string[] => [
    ...hierarchyFaults({ hierarchy }, labels).keys(),
  ]

  it('has every class of a circle marked, and not those that lead to it', () => {
    expect(faultsOf({ negative: 'bad', bad: 'worse', worse: 'bad' })).toEqual(['bad', 'worse'])
    expect(faultsOf({ positive: 'positive' })).toEqual(['positive'])
  })

  it('may go over classes that are none of the pack, but does not begin with one', () => {
    expect(faultsOf({ negative: 'opinion', opinion: 'text' })).toEqual([])
    expect(faultsOf({ angry: 'negative' })).toEqual(['angry'])
  })
})
