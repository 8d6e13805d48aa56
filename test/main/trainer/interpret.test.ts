import { describe, expect, it } from 'vitest'
import { GraftError } from '../../../src/shared/errors'
import { describeFailure } from '../../../src/main/trainer/failure'
import { interpret, labelText } from '../../../src/main/trainer/interpret'

describe('the outputs of a row', () => {
  it('name the most probable class with its probability', () => {
    const found = interpret([0, Math.log(3)], 'single-label', ['no', 'yes'])
    expect(found.label).toBe('yes')
    expect(found.probability).toBeCloseTo(0.75, 12)
    expect(found.probabilities[0]).toBeCloseTo(0.25, 12)
  })

  it('name every class above one half, and how sure the least sure decision is', () => {
    const found = interpret([2, -3, 0.5], 'multi-label', ['a', 'b', 'c'])
    expect(found.label).toBe('a|c')
    expect(found.probability).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 12)
    expect(interpret([-1, -1], 'multi-label', ['a', 'b']).label).toBe('')
  })

  it('are the value of a regression', () => {
    expect(interpret([-1.25], 'regression', [])).toEqual({
      label: '-1.25',
      probabilities: [-1.25],
      probability: 1,
    })
  })

  it('stand beside labels in the same words', () => {
    expect(labelText(['a', 'c'])).toBe('a|c')
    expect(labelText(0.5)).toBe('0.5')
    expect(labelText(null)).toBe('')
  })
})

describe('a failure', () => {
  it('of memory gets its own code and a remedy, whoever noticed it', () => {
    for (const error of [
      new RangeError('Array buffer allocation failed'),
      new Error('std::bad_alloc'),
      new Error('OOM when allocating tensor with shape[64,512]'),
    ]) {
      const payload = describeFailure(error)
      expect(payload.code).toBe('trainer.outOfMemory')
      expect(payload.message).toContain('batch.size')
    }
  })

  it('that has a code keeps it', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    expect(describeFailure(full).code).toBe('disk.full')
    expect(describeFailure(new GraftError('data.noRows', 'None.')).code).toBe('data.noRows')
    expect(describeFailure(new Error('odd')).code).toBe('internal')
  })
})
