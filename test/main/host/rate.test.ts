import { describe, expect, it } from 'vitest'
import { createRateLimit } from '../../../src/main/host/server/rate'

describe('createRateLimit', () => {
  it('lets a burst through and then as many as it refills', () => {
    let now = 0
    const limit = createRateLimit(10, 3, () => now)
    expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([
      true,
      true,
      true,
      false,
    ])
    now = 100
    expect([limit.take(), limit.take()]).toEqual([true, false])
    now = 10_000
    expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})
