import { describe, expect, it } from 'vitest'
import type { TokenBatch } from '../../../src/main/nn/layout'
import { createLayout, disposeLayout } from '../../../src/main/nn/layout'
import { memory, read } from '../../../src/main/nn/tf'

const batch: TokenBatch = {
  ids: Int32Array.of(5, 6, 7, 8, 0, 0),
  mask: Int32Array.of(1, 1, 1, 1, 0, 0),
  typeIds: Int32Array.of(0, 0, 1, 0, 0, 0),
  rows: 2,
  length: 3,
}

describe('a layout', () => {
  it('packs sequences one after the other, without padding', () => {
    const layout = createLayout(batch, 'packed', { kind: 'plain' })
    expect(layout.count).toBe(4)
    expect([...layout.ids]).toEqual([5, 6, 7, 8])
    expect([...layout.positions]).toEqual([0, 1, 2, 0])
    expect([...layout.types]).toEqual([0, 0, 1, 0])
    expect([...layout.owners]).toEqual([0, 0, 0, 1])
    expect([...layout.firsts]).toEqual([0, 3])
    expect([...layout.places]).toEqual([0, 1, 2, 3, -1, -1])
    expect([...read(layout.segments)]).toEqual([0, 3, 3, 1])
    disposeLayout(layout)
  })

  it('keeps padding in place behind a mask', () => {
    const before = memory().tensors
    const layout = createLayout(batch, 'padded', { kind: 'plain' })
    expect(layout.count).toBe(6)
    expect([...layout.owners]).toEqual([0, 0, 0, 1, 2, 2])
    expect([...layout.lengths]).toEqual([3, 1])
    if (layout.kind !== 'padded') throw new Error('padded')
    expect([...read(layout.mask)].map((value) => value === 0)).toEqual([
      ...[true, true, true],
      ...[true, false, false],
    ])
    disposeLayout(layout)
    expect(memory().tensors).toBe(before)
  })

  it('numbers positions after the padding id, and padding tokens with it', () => {
    const rule = { kind: 'afterPadding', paddingId: 1 } as const
    const ids = Int32Array.of(0, 9, 2, 0, 2, 1)
    const layout = createLayout(
      { ...batch, ids, mask: Int32Array.of(1, 1, 1, 1, 1, 0) },
      'padded',
      rule,
    )
    expect([...layout.positions]).toEqual([2, 3, 4, 2, 3, 1])
    disposeLayout(layout)
  })

  it('follows masks with holes', () => {
    const mask = Int32Array.of(1, 0, 1, 0, 1, 1)
    const layout = createLayout({ ...batch, mask }, 'packed', { kind: 'plain' })
    expect([...layout.ids]).toEqual([5, 7, 0, 0])
    expect([...layout.positions]).toEqual([0, 2, 1, 2])
    disposeLayout(layout)
  })

  it('keeps one token of a row that has none', () => {
    const mask = Int32Array.of(0, 0, 0, 1, 1, 1)
    const layout = createLayout({ ...batch, mask }, 'packed', { kind: 'plain' })
    expect([...layout.lengths]).toEqual([1, 3])
    disposeLayout(layout)
  })

  it('refuses arrays that do not fit rows and length', () => {
    expect(() => createLayout({ ...batch, rows: 3 }, 'packed', { kind: 'plain' })).toThrow(
      /3 rows × 3 tokens/,
    )
  })

  it('takes positions and what is visible from a structure', () => {
    const before = memory().tensors
    const structure = {
      positions: Int32Array.of(0, 1, 1, 0, 0, 0),
      visible: Uint8Array.from([1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]),
      pooled: Uint8Array.of(1, 0, 1, 1, 1, 1),
    }
    const layout = createLayout({ ...batch, structure }, 'packed', { kind: 'plain' })
    if (layout.kind !== 'padded') throw new Error('padded')
    expect([...layout.positions]).toEqual([0, 1, 1, 0, 0, 0])
    expect(layout.mask.shape).toEqual([2, 1, 3, 3])
    expect([...read(layout.mask)].map((value) => (value === 0 ? 1 : 0))).toEqual([
      ...[1, 1, 0, 1, 1, 0, 0, 1, 1],
      ...[1, 0, 0, 0, 0, 0, 0, 0, 0],
    ])
    expect([...layout.owners]).toEqual([0, 0, 0, 1, 2, 2])
    expect([...layout.pooled.owners]).toEqual([0, 2, 0, 1, 2, 2])
    expect([...layout.pooled.lengths]).toEqual([2, 1])
    disposeLayout(layout)
    expect(memory().tensors).toBe(before)
    const roberta = { kind: 'afterPadding', paddingId: 1 } as const
    const other = createLayout({ ...batch, structure }, 'padded', roberta)
    expect([...other.positions]).toEqual([2, 3, 3, 2, 2, 2])
    disposeLayout(other)
    const short = { ...structure, pooled: new Uint8Array(5) }
    expect(() => createLayout({ ...batch, structure: short }, 'padded', roberta)).toThrow(
      /structure of a batch of 6 tokens/,
    )
  })
})
