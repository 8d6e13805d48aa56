import { describe, expect, it } from 'vitest'
import { measureHeading, metricTitle } from '../../../src/renderer/charts/metricName'

describe('the name of a metric', () => {
  it('says the part of the data, then what is measured', () => {
    expect(metricTitle('test.accuracy')).toBe('Test accuracy')
    expect(metricTitle('validation.f1.positive')).toBe('Validation F1 · positive')
    expect(metricTitle('learningRate')).toBe('Learning rate')
  })

  it('says where it is that of the model without its knowledge', () => {
    expect(metricTitle('test.alone.accuracy')).toBe('Test accuracy of the model alone')
    expect(measureHeading('alone.loss')).toBe('Loss of the model alone')
  })

  it('is left as it is where nobody named it', () => {
    expect(metricTitle('test.novelty')).toBe('Test novelty')
  })
})
