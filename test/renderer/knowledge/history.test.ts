import { describe, expect, it } from 'vitest'
import {
  amend,
  begin,
  record,
  redo,
  redoLabel,
  undo,
  undoLabel,
  type History,
} from '../../../src/renderer/knowledge/history'

const step = (
  history: History<string>,
  next: string,
  field: string | null = null,
  at = 0,
): History<string> => record(history, next, { label: `write ${next}`, field, at })

describe('the history of a draft', () => {
  it('goes back and forth through every edit', () => {
    const edited = step(step(begin('a'), 'b'), 'c')
    const back = undo(edited)
    expect([edited.present, back.present, undo(back).present]).toEqual(['c', 'b', 'a'])
    expect(redo(redo(undo(back))).present).toBe('c')
  })

  it('says what an undo and a redo would do', () => {
    const edited = step(step(begin('a'), 'b'), 'c')
    expect(undoLabel(edited)).toBe('write c')
    expect(redoLabel(edited)).toBeNull()
    expect(redoLabel(undo(edited))).toBe('write c')
    expect(undoLabel(undo(edited))).toBe('write b')
    expect(undoLabel(begin('a'))).toBeNull()
  })

  it('takes typing in one field as one step', () => {
    const typed = step(step(step(begin(''), 'r', 'term', 0), 're', 'term', 400), 'ref', 'term', 900)
    expect(undo(typed).present).toBe('')
  })

  it('begins a new step in another field, after a pause and after an undo', () => {
    const other = step(step(begin(''), 'a', 'term', 0), 'b', 'note', 10)
    expect(undo(other).present).toBe('a')
    const later = step(step(begin(''), 'a', 'term', 0), 'b', 'term', 5000)
    expect(undo(later).present).toBe('a')
    const again = step(undo(step(step(begin(''), 'a', null), 'b', 'term', 0)), 'c', 'term', 1)
    expect(undo(again).present).toBe('a')
  })

  it('forgets what was undone once something else is written', () => {
    const other = step(undo(step(begin('a'), 'b')), 'c')
    expect(redo(other)).toBe(other)
    expect(undo(other).present).toBe('a')
  })

  it('does not count an edit that changes nothing', () => {
    const history = begin('a')
    expect(step(history, 'a')).toBe(history)
    expect(undo(history)).toBe(history)
  })

  it('keeps the last 300 steps', () => {
    let history = begin('0')
    for (let at = 1; at <= 400; at += 1) history = step(history, String(at))
    expect(history.past).toHaveLength(300)
    while (undo(history) !== history) history = undo(history)
    expect(history.present).toBe('100')
  })

  it('puts a saved state in place without a step', () => {
    const saved = amend(step(begin('a'), 'b'), 'b, version 2')
    expect(saved.present).toBe('b, version 2')
    expect(undo(saved).present).toBe('a')
  })
})
