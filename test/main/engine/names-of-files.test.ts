import { describe, expect, it } from 'vitest'
import { nameOfFiles } from '../../../src/main/engine/datasets'

describe('the name of a dataset that nobody named', () => {
  it('is the name of a single file', () => {
    expect(nameOfFiles(['rows/reviews 2024.csv'])).toBe('reviews 2024')
  })

  it('is the words that the names of several files begin with', () => {
    expect(nameOfFiles(['film-train.csv', 'film-test.csv'])).toBe('film')
  })

  it('is the name of the first file where they have nothing in common', () => {
    expect(nameOfFiles(['a.csv', 'b.csv'])).toBe('a')
  })
})
