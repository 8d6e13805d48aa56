import { recipeSchema, type AblationId, type FusionSummary } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { withoutCells } from '../../../src/renderer/runs/arrange'
import { columnOf } from '../../../src/renderer/runs/columns'
import { cellText } from '../../../src/renderer/runs/cellText'
import { filterOf } from '../../../src/renderer/runs/filterParser'
import { matches } from '../../../src/renderer/runs/filter'
import {
  candidateGroups,
  greatestWeight,
  leadingRows,
  sortedWeights,
} from '../../../src/renderer/runs/fusion'
import { runTabOf, runTabs, tabsOf } from '../../../src/renderer/runs/runTabs'
import { exampleRun } from './exampleRun'

const candidate = (name: string, loss: number, error: number, chosen = false) => ({
  name,
  description: '',
  loss,
  accuracy: 0.8,
  error,
  chosen,
})

const fusion: FusionSummary = {
  candidates: [
    candidate('none', 0.6, 0),
    candidate('weak first', 0.5, 0.03, true),
    candidate('features', 0.58, 0.02),
  ],
  reason: 'least loss',
  training: ['weak'],
  weights: [
    { piece: 'rule:b', weight: 0 },
    { piece: 'rule:a', weight: -2 },
    { piece: 'lexicon:valence', weight: 1.5 },
  ],
  temperature: 1.2,
  labelledRows: 64,
  unlabelledRows: 640,
}

describe('the ways that a run tried', () => {
  it('stand against the first, and say what is more than chance', () => {
    const [group] = candidateGroups(fusion)
    const rows = group?.rows ?? []
    expect(rows.map(({ difference }) => Number(difference.toFixed(3)))).toEqual([0, -0.1, -0.02])
    expect(rows.map(({ isClear }) => isClear)).toEqual([false, true, false])
  })

  it('are compared within their own group, whose name they lose', () => {
    const candidates = [
      ...fusion.candidates,
      candidate('prediction: the model alone', 0.4, 0),
      candidate('prediction: trust 1', 0.3, 0.01, true),
    ]
    const groups = candidateGroups({ ...fusion, candidates })
    expect(groups.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['', 3],
      ['prediction', 2],
    ])
    expect(groups[1]?.rows.map(({ name }) => name)).toEqual(['the model alone', 'trust 1'])
    expect(groups[1]?.rows[1]?.difference).toBeCloseTo(-0.1)
    expect(groups[1]?.description).toBe('')
  })

  it('show the first, the chosen and the best of many', () => {
    const losses = [0.9, 0.5, 0.8, 0.3, 0.7, 0.4, 0.6]
    const candidates = losses.map((loss, index) =>
      candidate(`way ${index}`, loss, 0.1, index === 4),
    )
    const rows = candidateGroups({ ...fusion, candidates })[0]?.rows ?? []
    expect(leadingRows(rows, 4).map(({ loss }) => loss)).toEqual([0.9, 0.3, 0.7, 0.4])
    expect(leadingRows(rows, 7)).toEqual(rows)
  })

  it('may be none', () => {
    expect(candidateGroups({ ...fusion, candidates: [] })).toEqual([])
  })
})

describe('weights', () => {
  it('come from the strongest down, turned round or not', () => {
    expect(sortedWeights(fusion).map(({ piece }) => piece)).toEqual([
      'rule:a',
      'lexicon:valence',
      'rule:b',
    ])
    expect(greatestWeight(fusion)).toBe(2)
    expect(greatestWeight({ ...fusion, weights: [] })).toBe(1)
  })
})

describe('the page of a run', () => {
  it('has a part on knowledge where its recipe takes a pack along, else one on trials if it made any', () => {
    const recipe = recipeSchema.parse({
      model: 'm',
      data: { dataset: 'd' },
      knowledge: { pack: 'valence' },
    })
    const without = (left: string) => runTabs.filter((tab) => tab !== left)
    expect(tabsOf(exampleRun(), true)).toEqual(without('knowledge'))
    expect(tabsOf(exampleRun({ recipe }), true)).toEqual(without('trials'))
    expect(tabsOf(exampleRun(), false)).not.toContain('trials')
    expect(runTabOf('knowledge')).toBe('knowledge')
  })
})

describe('the table of runs', () => {
  it('knows the pack as a column and in a filter', () => {
    const run = exampleRun({ packName: 'valence' })
    expect(cellText(columnOf('pack'), run)).toBe('valence')
    expect(matches(filterOf('pack = valence'), run)).toBe(true)
    expect(matches(filterOf('pack = valence'), exampleRun())).toBe(false)
  })

  it('can leave out the cells of ablations', () => {
    const cell = exampleRun({ ablation: 'ablation_1' as AblationId })
    expect(withoutCells([exampleRun(), cell])).toHaveLength(1)
  })
})
