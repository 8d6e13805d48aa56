import { describe, expect, it } from 'vitest'
import { unlabelledBatches } from '../../../../src/main/trainer/knowledge/unlabelled-batches'

const rows = Int32Array.of(3, 8, 9, 11, 20, 21, 34)

describe('unlabelled rows that ride along', () => {
  it('come all once before any comes again, in another order', () => {
    const batch = unlabelledBatches(rows, 3, 5)
    const drawn = Array.from({ length: 14 }, (_, step) => [...batch(step)]).flat()
    const rounds = Array.from({ length: 6 }, (_, round) => drawn.slice(round * 7, round * 7 + 7))
    for (const round of rounds) expect(round.toSorted((a, b) => a - b)).toEqual([...rows])
    expect(new Set(rounds.map((round) => round.join())).size).toBe(6)
  })

  it('are a function of seed and step, in whatever order steps are asked for', () => {
    const forward = unlabelledBatches(rows, 3, 5)
    const inOrder = Array.from({ length: 20 }, (_, step) => [...forward(step)])
    const backward = unlabelledBatches(rows, 3, 5)
    for (const step of [19, 4, 11, 0, 12]) expect([...backward(step)]).toEqual(inOrder[step])
    expect([...unlabelledBatches(rows, 3, 6)(0)]).not.toEqual(inOrder[0])
  })

  it('are all rows where there are fewer than asked for', () => {
    expect([...unlabelledBatches(rows, 100, 1)(4)].toSorted((a, b) => a - b)).toEqual([...rows])
  })
})
