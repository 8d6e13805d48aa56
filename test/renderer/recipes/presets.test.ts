import { recipeSchema } from '@shared/domain'
import { describe, expect, it } from 'vitest'
import { readDraft, writeField, writeFields } from '../../../src/renderer/recipes/document'
import { presetFields, presetNames, presetOf, presets } from '../../../src/renderer/recipes/presets'

const bare = 'model: MiniLM\ndata:\n  dataset: film\n'

const draftOf = (text: string): Readonly<Record<string, unknown>> => {
  const draft = readDraft(text)
  if (draft === null) throw new Error(`cannot be read: ${text}`)
  return draft
}

describe('presets', () => {
  it.each(presetNames)('"%s" is a valid recipe', (name) => {
    const draft = draftOf(writeFields(bare, presetFields(name)))
    expect(recipeSchema.safeParse(draft).error?.issues ?? []).toEqual([])
  })

  it.each(presetNames)('"%s" is recognised in the text it wrote', (name) => {
    expect(presetOf(draftOf(writeFields(bare, presetFields(name))))).toBe(name)
  })

  it('decide the same fields, so that one fully replaces another', () => {
    const fields = presetNames.map((name) => Object.keys(presets[name]).sort())
    for (const each of fields) expect(each).toEqual(fields[0])
    for (const from of presetNames) {
      for (const to of presetNames) {
        const text = writeFields(writeFields(bare, presetFields(from)), presetFields(to))
        expect(presetOf(draftOf(text))).toBe(to)
      }
    }
  })

  it('become a recipe of one’s own when a decided field changes', () => {
    const text = writeFields(bare, presetFields('careful'))
    expect(presetOf(draftOf(writeField(text, 'optimizer.learningRate', 3e-5)))).toBeNull()
  })

  it('leave other fields as the person wrote them', () => {
    const text = writeFields(writeField(bare, 'seeds.data', 7), presetFields('head'))
    expect(draftOf(text)).toMatchObject({ model: 'MiniLM', seeds: { data: 7 } })
  })
})
