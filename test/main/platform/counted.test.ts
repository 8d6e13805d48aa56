import { expect, it } from 'vitest'
import { counted } from '../../../src/main/platform/counted'

it('puts one thing in the singular', () => {
  expect([0, 1, 2].map((count) => counted(count, 'step'))).toEqual(['0 steps', '1 step', '2 steps'])
})
