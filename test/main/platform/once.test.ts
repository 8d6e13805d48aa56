import { expect, it } from 'vitest'
import { once } from '../../../src/main/platform/once'

it('computes when it is first asked, and no more, also where that is undefined', () => {
  let times = 0
  const value = once(() => {
    times += 1
    return undefined
  })
  expect(times).toBe(0)
  expect([value(), value(), times]).toEqual([undefined, undefined, 1])
})
