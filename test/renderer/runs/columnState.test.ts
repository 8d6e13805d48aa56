import { describe, expect, it } from 'vitest'
import {
  initialColumns,
  moveColumn,
  placeColumn,
  readColumns,
  resizeColumn,
  toggleColumn,
  writeColumns,
} from '../../../src/renderer/runs/columnState'
import { availableColumns, columnOf } from '../../../src/renderer/runs/columns'
import { exampleRun } from './exampleRun'

const three = { shown: ['number', 'name', 'state'], widths: {} }

describe('the columns of the run table', () => {
  it('come and go, but number and name stay', () => {
    expect(toggleColumn(three, 'tags').shown).toEqual(['number', 'name', 'state', 'tags'])
    expect(toggleColumn(three, 'state').shown).toEqual(['number', 'name'])
    expect(toggleColumn(three, 'name').shown).toEqual(['number', 'name', 'state'])
  })

  it('take the place of the column they are dropped on, from either side', () => {
    expect(placeColumn(three, 'state', 'number').shown).toEqual(['state', 'number', 'name'])
    expect(placeColumn(three, 'number', 'state').shown).toEqual(['name', 'state', 'number'])
  })

  it('move as far as the edge and no further', () => {
    expect(moveColumn(three, 'name', 5).shown).toEqual(['number', 'state', 'name'])
    expect(moveColumn(three, 'number', -1).shown).toEqual(three.shown)
  })

  it('keep a width between the narrowest and the widest', () => {
    expect(resizeColumn(three, 'name', 300.4).widths).toEqual({ name: 300 })
    expect(resizeColumn(three, 'name', 3).widths).toEqual({ name: 48 })
  })

  it('are read back as they were written', () => {
    const state = resizeColumn(moveColumn(three, 'state', -2), 'name', 320)
    expect(readColumns(writeColumns(state))).toEqual(state)
  })

  it('are the initial ones after nothing or nonsense was kept', () => {
    for (const text of [null, 'no json', '[]', '{"shown":[1]}', '4']) {
      expect(readColumns(text)).toEqual(initialColumns)
    }
  })

  it('get number and name back when what was kept lacks them', () => {
    expect(readColumns('{"shown":["state","state"]}').shown).toEqual(['number', 'name', 'state'])
  })

  it('are offered for every recipe field and every metric of the runs', () => {
    const run = exampleRun({ metrics: { 'test.macroF1': 0.8 } })
    const ids = availableColumns([run]).map((column) => column.id)
    expect(ids).toContain('recipe.optimizer.learningRate')
    expect(ids).toContain('test.macroF1')
    expect(columnOf('test.macroF1').kind).toBe('metric')
  })
})
