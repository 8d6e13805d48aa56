import { expect, test } from 'vitest'
import { formatSeconds } from '../../../src/main/host/cli/format'

test('times never have sixty seconds', () => {
  expect([9.94, 89.4, 119.7, 125, 5400].map(formatSeconds)).toEqual([
    ...['9.9 s', '89 s', '2 min 0 s', '2 min 5 s', '1 h 30 min'],
  ])
})
