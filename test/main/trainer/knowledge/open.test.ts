import { expect, it } from 'vitest'
import type { Piece } from '../../../../src/main/knowledge/types'
import { requireRoom } from '../../../../src/main/trainer/knowledge/open'

const pieces = Array.from({ length: 1000 }, (_, at): Piece => {
  return { id: `rule:${at}`, kind: 'rule', label: 0, confidence: 0.9, hard: false }
})

it('refuses scores that would not fit into memory, and says what would help', () => {
  const labels = ['negative', 'positive']
  expect(() => {
    requireRoom('tone', 100_000, { pieces, labels })
  }).not.toThrow()
  expect(() => {
    requireRoom('tone', 1_000_000, { pieces, labels })
  }).toThrow(/1000 pieces of "tone" for 1000000 rows .* 10 GiB, 4 are the most\. Put words/)
})
