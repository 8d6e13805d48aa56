import { expect, it } from 'vitest'
import { counted } from '../../../src/main/platform/counted'

it('puts one thing in the singular', () => {
  expect([0, 1, 1200].map((count) => counted(count, 'step'))).toEqual([
    '0 steps',
    '1 step',
    '1,200 steps',
  ])
})
