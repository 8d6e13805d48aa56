import { recipeSchema } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { effective, fieldPaths, fields } from '../../../src/renderer/recipes/fields'
import { sectionText, valueText } from '../../../src/renderer/recipes/fieldText'
import { lineOf } from '../../../src/renderer/recipes/document'
import { concerns, fieldOf, marksOf } from '../../../src/renderer/recipes/problems'
import { tagsOf } from '../../../src/renderer/recipes/runName'
import {
  applies,
  sectionFields,
  sectionNames,
  sectionOf,
  shownFields,
} from '../../../src/renderer/recipes/sections'

const draft = { model: 'MiniLM', data: { dataset: 'film' } }

describe('the fields of the form', () => {
  it('all exist in a recipe, with a default', () => {
    for (const path of fieldPaths) expect(effective(draft, path), path).toBeDefined()
  })

  it('each stand in one section', () => {
    const placed = sectionNames.flatMap((name) => sectionFields[name])
    expect([...placed].sort()).toEqual([...fieldPaths].sort())
  })

  it('offer only words that a recipe accepts', () => {
    for (const path of fieldPaths) {
      const field = fields[path]
      if (field.kind !== 'choice') continue
      for (const option of field.options) {
        const [key = '', inner] = path.split('.')
        const value = inner === undefined ? option : { [inner]: option }
        const { error } = recipeSchema.safeParse({ ...draft, [key]: value })
        expect(error?.issues ?? [], `${path}: ${option}`).toEqual([])
      }
    }
  })

  it('show what stands in the text before any default', () => {
    expect(effective({ ...draft, epochs: 7 }, 'epochs')).toBe(7)
    expect(effective({ ...draft, clip: null }, 'clip')).toBeNull()
    expect(effective(draft, 'clip')).toBe(1)
  })

  it('leave out what the other choices make meaningless', () => {
    const sgd = { ...draft, optimizer: { name: 'sgd' } }
    expect(shownFields('optimizer', sgd)).toEqual(['optimizer.name', 'optimizer.weightDecay'])
    expect(applies('optimizer.momentum', { ...draft, optimizer: { name: 'momentum' } })).toBe(true)
    expect(applies('lossScaling.initial', draft)).toBe(false)
    expect(applies('lossScaling.initial', { ...draft, precision: 'float16' })).toBe(true)
    expect(applies('cacheFrozen', draft)).toBe(false)
    expect(applies('cacheFrozen', { ...draft, train: { lastLayers: 2 } })).toBe(true)
  })
})

describe('a folded section', () => {
  it('says its values in one line', () => {
    expect(sectionText('schedule', draft)).toBe('Linear · Warm-up 0')
    expect(sectionText('seeds', { ...draft, seeds: { data: 3 } })).toBe(
      'Data 3 · Head 0 · Dropout 0',
    )
  })

  it('says what empty means', () => {
    expect(valueText('data.trainRows', null)).toBe('all')
    expect(valueText('evaluation.every', 100)).toBe('every 100 steps')
    expect(valueText('train', { lastLayers: 1 })).toBe('Head and last layer')
  })

  it('shows a value of the wrong kind as it is written', () => {
    expect(valueText('batch.order', 'sideways')).toBe('sideways')
    expect(valueText('data.maxLength', 'long')).toBe('long')
  })
})

describe('problems', () => {
  const problem = (path: string, line: number | null = null) => ({ path, message: 'no', line })

  it('belong to the field they name or lie within', () => {
    expect(concerns(problem('train.lastLayers'), 'train')).toBe(true)
    expect(concerns(problem('trainer'), 'train')).toBe(false)
    expect(fieldOf(problem('train.lastLayers'), fieldPaths)).toBe('train')
    expect(fieldOf(problem('epoch'), fieldPaths)).toBeNull()
  })

  it('are marked where they have a line', () => {
    expect(marksOf([problem('a', 3), problem('b')])).toEqual([{ line: 3, message: 'no' }])
  })

  it('lead to a section that can be opened', () => {
    expect(sectionOf('seeds.init')).toBe('seeds')
  })
})

describe('the line of a field', () => {
  const yaml = 'model: MiniLM\ndata:\n  dataset: film\ntrain:\n  lastLayers: 2\n'

  it('is where its value begins', () => {
    expect(lineOf(yaml, 'data.dataset')).toBe(3)
    expect(lineOf(yaml, 'train')).toBe(5)
  })

  it('is none for what is not written or cannot be read', () => {
    expect(lineOf(yaml, 'epochs')).toBeNull()
    expect(lineOf(yaml, 'model.name')).toBeNull()
    expect(lineOf('', 'epochs')).toBeNull()
  })
})

describe('tags', () => {
  it('are separated by commas of either script, each once', () => {
    expect(tagsOf(' sweep, head，sweep,, ')).toEqual(['sweep', 'head'])
    expect(tagsOf('')).toEqual([])
  })
})
