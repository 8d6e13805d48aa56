import { describe, expect, it } from 'vitest'
import type { Confusion } from '@shared/domain'
import { cellsOf, rowTotals } from '../../../src/renderer/charts/confusion'

const confusion = (counts: number[][]): Confusion => ({
  split: 'test',
  labels: ['no', 'yes'],
  counts,
})

describe('a confusion matrix', () => {
  it('gives each cell its part of the rows of the actual class', () => {
    const cells = cellsOf(
      confusion([
        [3, 1],
        [0, 4],
      ]),
      null,
    )
    expect(cells[0]?.map((cell) => cell.ofRow)).toEqual([0.75, 0.25])
    expect(
      rowTotals(
        confusion([
          [3, 1],
          [0, 4],
        ]),
      ),
    ).toEqual([4, 4])
  })

  it('shows an empty class as zero, not as a division by zero', () => {
    expect(
      cellsOf(
        confusion([
          [0, 0],
          [1, 1],
        ]),
        null,
      )[0]?.map((cell) => cell.ofRow),
    ).toEqual([0, 0])
  })

  it('calls more hits and fewer mistakes better than the baseline', () => {
    const cells = cellsOf(
      confusion([
        [4, 0],
        [2, 2],
      ]),
      confusion([
        [3, 1],
        [1, 3],
      ]),
    )
    expect(cells.map((row) => row.map((cell) => cell.good))).toEqual([
      [1, 1],
      [-1, -1],
    ])
    expect(cells[0]?.[0]?.count).toBe(1)
  })
})
