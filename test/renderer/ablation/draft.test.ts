import { contract } from '@shared/contract'
import { describe, expect, it } from 'vitest'
import {
  initialDraft,
  parseLabels,
  problemOfArms,
  recipeOf,
  requestOf,
  runsOf,
  trainingsOf,
  withArm,
  type AblationDraft,
} from '../../../src/renderer/ablation/draft'

const complete: AblationDraft = {
  ...initialDraft,
  model: 'MiniLM',
  dataset: 'film',
  pack: 'valence@1',
}

describe('numbers of labels', () => {
  it('are read in any order, each once, with all rows last', () => {
    expect(parseLabels('all, 64，16; 64')).toEqual({ ok: true, labels: [16, 64, null] })
    expect(parseLabels('全部')).toEqual({ ok: true, labels: [null] })
  })

  it.each(['16, many', '1', '2.5', '-4', '1e9'])('are refused by name: %s', (text) => {
    const labels = parseLabels(text)
    expect(labels.ok ? '' : labels.problem).toMatch(/^“(many|1|2\.5|-4|1e9)” is no number/)
  })

  it('have to be some, and not too many', () => {
    expect(parseLabels(' , ').ok).toBe(false)
    expect(parseLabels(Array.from({ length: 21 }, (_, n) => n + 2).join()).ok).toBe(false)
    expect(parseLabels(Array.from({ length: 20 }, (_, n) => n + 2).join()).ok).toBe(true)
  })
})

describe('arms', () => {
  it('need something to compare with', () => {
    expect(problemOfArms(['none', 'both'])).toBeNull()
    expect(problemOfArms(['none'])).not.toBeNull()
    expect(problemOfArms(['training', 'both'])).not.toBeNull()
  })

  it('keep their order however they are chosen', () => {
    expect(withArm(['both'], 'none', true)).toEqual(['none', 'both'])
    expect(withArm(['none', 'both'], 'none', false)).toEqual(['both'])
  })
})

describe('the number of runs', () => {
  it('is arms and pieces times labels times seeds', () => {
    expect(runsOf(complete, 3, 7)).toBe(5 * 3 * 10)
    expect(runsOf({ ...complete, leaveOneOut: true }, 3, 7)).toBe((5 + 7) * 3 * 10)
  })

  it('is less where arms that train alike do it once', () => {
    expect(trainingsOf(complete, 3, 7)).toBe(2 * 3 * 10)
    expect(trainingsOf({ ...complete, leaveOneOut: true }, 3, 7)).toBe((2 + 7) * 3 * 10)
    expect(trainingsOf({ ...complete, arms: ['none', 'auto'] }, 1, 0)).toBe(2 * 10)
  })
})

describe('the request', () => {
  it('is one that the engine accepts', () => {
    const request = requestOf(complete, 'project_1', 512)
    expect(contract['ablations.create'].input.safeParse(request).error).toBeUndefined()
    expect(request).toMatchObject({ labels: [16, 64, 256], seeds: 10, metric: 'test.accuracy' })
    expect(request).not.toHaveProperty('name')
  })

  it('takes the recipe over and puts model, rows and pack in', () => {
    const recipe = { epochs: 4, data: { maxLength: 64 }, knowledge: { training: 'none' } }
    expect(recipeOf({ ...complete, recipe }, 512)).toEqual({
      epochs: 4,
      model: 'MiniLM',
      data: { maxLength: 64, dataset: 'film' },
      knowledge: { training: 'none', pack: 'valence@1', labels: {} },
    })
  })

  it('lets the trial choose what is trained, unless a recipe says it', () => {
    expect(recipeOf(complete, 512)).toMatchObject({ train: 'auto' })
  })

  it('reads no more tokens than the model can', () => {
    expect(recipeOf(complete, 64)).toMatchObject({ data: { maxLength: 64 } })
    expect(recipeOf(complete, 512)).toMatchObject({ data: { maxLength: 128 } })
  })

  it('maps labels of the pack to those of the rows', () => {
    const map = { good: 'positive' }
    expect(recipeOf({ ...complete, map }, 512)).toMatchObject({ knowledge: { labels: map } })
  })

  it('waits for what is missing', () => {
    expect(requestOf({ ...complete, pack: null }, 'p', 512)).toBeNull()
    expect(requestOf({ ...complete, labels: 'x' }, 'p', 512)).toBeNull()
    expect(requestOf({ ...complete, arms: ['none'] }, 'p', 512)).toBeNull()
  })
})
