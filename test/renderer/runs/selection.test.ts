import { describe, expect, it } from 'vitest'
import {
  extendTo,
  focusOn,
  keepOnly,
  moveFocus,
  nothingSelected,
  toggle,
  toggleAll,
} from '../../../src/renderer/runs/selection'
import { mostRows, rowWindow, scrollToShow } from '../../../src/renderer/runs/rowWindow'

const order = ['a', 'b', 'c', 'd', 'e']
const chosen = (selection: { readonly chosen: ReadonlySet<string> }) => [...selection.chosen].sort()

describe('choosing rows', () => {
  it('moves the focus with the arrows and chooses nothing by itself', () => {
    const first = moveFocus(nothingSelected, order, 1, false)
    expect(first.focus).toBe('a')
    expect(moveFocus(first, order, 1, false).focus).toBe('b')
    expect(moveFocus(first, order, -1, false).focus).toBe('a')
    expect(chosen(first)).toEqual([])
  })

  it('begins at the end when the first arrow goes up', () => {
    expect(moveFocus(nothingSelected, order, -1, false).focus).toBe('e')
  })

  it('chooses a range with Shift, from where it began', () => {
    const start = focusOn(nothingSelected, 'b')
    const down = moveFocus(moveFocus(start, order, 1, true), order, 1, true)
    expect(chosen(down)).toEqual(['b', 'c', 'd'])
    expect(chosen(extendTo(start, order, 'a'))).toEqual(['a', 'b'])
  })

  it('keeps what was chosen before when a range is added', () => {
    const one = toggle(nothingSelected, 'a')
    expect(chosen(extendTo(focusOn(one, 'd'), order, 'e'))).toEqual(['a', 'd', 'e'])
  })

  it('takes a row back when it is toggled again', () => {
    expect(chosen(toggle(toggle(nothingSelected, 'a'), 'a'))).toEqual([])
  })

  it('chooses all, and none when all were chosen', () => {
    const all = toggleAll(nothingSelected, order)
    expect(all.chosen.size).toBe(5)
    expect(toggleAll(all, order).chosen.size).toBe(0)
    expect(toggleAll(nothingSelected, []).chosen.size).toBe(0)
  })

  it('forgets rows that are gone', () => {
    const left = keepOnly(toggle(toggle(nothingSelected, 'a'), 'b'), new Set(['a']))
    expect(chosen(left)).toEqual(['a'])
    expect(left.focus).toBeNull()
  })
})

describe('the window onto a long list', () => {
  it('draws what is seen and a little beyond', () => {
    const window = rowWindow(10_000, 30, 3000, 600)
    expect(window.from).toBe(92)
    expect(window.to).toBe(128)
    expect(window.offset).toBe(2760)
    expect(window.height).toBe(300_000)
  })

  it('never draws more rows than it has room for', () => {
    for (let scrollTop = 0; scrollTop < 400; scrollTop += 7) {
      const { from, to } = rowWindow(10_000, 30, scrollTop, 613)
      expect(to - from).toBeLessThanOrEqual(mostRows(30, 613))
    }
  })

  it('stays within a short list', () => {
    expect(rowWindow(3, 30, 0, 600)).toEqual({ from: 0, to: 3, offset: 0, height: 90 })
    expect(rowWindow(3, 30, 5000, 600).from).toBeLessThanOrEqual(3)
  })

  it('scrolls no further than a row needs', () => {
    expect(scrollToShow(0, 30, 90, 300)).toBe(0)
    expect(scrollToShow(20, 30, 0, 300)).toBe(330)
    expect(scrollToShow(5, 30, 0, 300)).toBe(0)
  })
})
