import { describe, expect, it } from 'vitest'
import { sourceText } from '../../../src/renderer/datasets/source'

describe('the source of a dataset', () => {
  it('is the name of a file that was handed over in a browser', () => {
    expect(sourceText('/home/me/Graftbench/uploads/ce1a34f5/film-train.csv')).toBe('film-train.csv')
    expect(sourceText('/w/uploads/a1/train.csv, /w/uploads/b2/test.csv')).toBe(
      'train.csv, test.csv',
    )
    expect(sourceText('C:\\Graftbench\\uploads\\a1\\train.csv')).toBe('train.csv')
  })

  it('is the whole path of a file that lies somewhere else', () => {
    expect(sourceText('/home/me/reviews/film-train.csv')).toBe('/home/me/reviews/film-train.csv')
  })

  it('is left as it is where it is no file', () => {
    expect(sourceText('https://example.org/data, part 1')).toBe('https://example.org/data, part 1')
  })
})
