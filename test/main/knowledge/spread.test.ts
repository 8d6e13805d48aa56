import { expect, test } from 'vitest'
import { someOf, spread } from '../../../src/main/knowledge/spread'

test('positions are all there where they are few, else they lie evenly', () => {
  expect([...spread(3, 5)]).toEqual([0, 1, 2])
  expect([...spread(10, 4)]).toEqual([0, 2, 5, 7])
  expect([...someOf(Int32Array.of(5, 6, 7, 8), 2)]).toEqual([5, 7])
  expect([...spread(0, 4)]).toEqual([])
})
