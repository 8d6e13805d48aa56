import { describe, expect, it } from 'vitest'
import { baseName, datasetName, guessPart } from '../../../src/renderer/datasets/fileNames'

describe('the part that a file name speaks of', () => {
  it.each([
    ['film-train.csv', 'train'],
    ['TRAIN.tsv', 'train'],
    ['reviews_training.jsonl', 'train'],
    ['dev.tsv', 'validation'],
    ['film.val.csv', 'validation'],
    ['validation_set.csv', 'validation'],
    ['film-test.csv', 'test'],
    ['eval.jsonl', 'test'],
  ])('is found in %s', (name, part) => {
    expect(guessPart(name)).toBe(part)
  })

  it.each(['contest.csv', 'trainers.csv', 'devices.csv', 'values.csv', 'reviews.test'])(
    'is not found in %s, where the word is only a piece of another or the extension',
    (name) => {
      expect(guessPart(name)).toBe('all')
    },
  )
})

describe('the name of a new dataset', () => {
  it('is the name of its one file', () => {
    expect(datasetName(['film-train.csv'])).toBe('film-train')
  })

  it('is what its files have in common where they are parts', () => {
    expect(datasetName(['film-train.csv', 'film-test.csv'])).toBe('film')
    expect(datasetName(['2024_train_reviews.csv', '2024_test_reviews.csv'])).toBe('2024-reviews')
  })

  it('is the word of the part where the file has no other name', () => {
    expect(datasetName(['train.csv', 'test.csv'])).toBe('train')
  })

  it('comes from the last piece of a path, on every system', () => {
    expect(baseName('/home/me/film-train.csv')).toBe('film-train.csv')
    expect(baseName('C:\\data\\film-train.csv')).toBe('film-train.csv')
  })
})
