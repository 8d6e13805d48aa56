import { describe, expect, it } from 'vitest'
import { readDraft, valueAt, writeField, writeFields } from '../../../src/renderer/recipes/document'

const recipe = `# Tickets of March
name: tickets
model: MiniLM # small
data:
  dataset: tickets
optimizer:
  name: adamw
  learningRate: 5e-5
`

describe('the text of a recipe', () => {
  it('keeps comments and order when one field changes', () => {
    expect(writeField(recipe, 'optimizer.name', 'sgd')).toBe(recipe.replace('adamw', 'sgd'))
  })

  it('adds a section that was not written yet', () => {
    const text = writeField(recipe, 'evaluation.patience', 3)
    expect(text.startsWith(recipe)).toBe(true)
    expect(valueAt(readDraft(text), 'evaluation.patience')).toBe(3)
  })

  it('writes small numbers as powers of ten and reads them back', () => {
    const text = writeField(recipe, 'optimizer.learningRate', 2e-5)
    expect(text).toContain('learningRate: 2e-5')
    expect(valueAt(readDraft(text), 'optimizer.learningRate')).toBe(2e-5)
  })

  it('writes a plain number where a power of ten stood', () => {
    expect(writeField(recipe, 'optimizer.learningRate', 0.01)).toContain('learningRate: 0.01\n')
  })

  it('takes a field out, and the section that is empty then', () => {
    const one = writeField(recipe, 'optimizer.learningRate', undefined)
    expect(one).toContain('optimizer:\n  name: adamw')
    expect(writeField(one, 'optimizer.name', undefined)).not.toContain('optimizer')
  })

  it('changes between a word and a number of layers', () => {
    const layers = writeField(recipe, 'train', { lastLayers: 2 })
    expect(valueAt(readDraft(layers), 'train.lastLayers')).toBe(2)
    const head = writeField(layers, 'train', 'head')
    expect(valueAt(readDraft(head), 'train')).toBe('head')
  })

  it('makes a section of what was written as a plain value', () => {
    const text = writeField('optimizer: adamw\n', 'optimizer.name', 'sgd')
    expect(readDraft(text)).toEqual({ optimizer: { name: 'sgd' } })
  })

  it('starts from nothing', () => {
    const text = writeFields('', { model: 'MiniLM', 'data.dataset': 'film' })
    expect(text).toBe('model: MiniLM\ndata:\n  dataset: film\n')
  })

  it('leaves a text alone that cannot be read', () => {
    const broken = 'name: "open\nmodel: x\n'
    expect(readDraft(broken)).toBeNull()
    expect(writeField(broken, 'name', 'new')).toBe(broken)
  })

  it('is no recipe when it is a list or a word', () => {
    expect(readDraft('- a\n- b\n')).toBeNull()
    expect(readDraft('hello')).toBeNull()
  })

  it('refuses a key that is written twice', () => {
    expect(readDraft('epochs: 1\nepochs: 2\n')).toBeNull()
  })
})
