import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TrainerMessage } from '../../../src/shared/trainer'
import { memory } from '../../../src/main/nn/tf'
import { openJournal, type Journal } from '../../../src/main/trainer/journal'
import { choosePrecision } from '../../../src/main/trainer/precision'
import { Reporter } from '../../../src/main/trainer/reporter'

describe('the precision of a run', () => {
  let folder: string
  let journal: Journal
  const sent: TrainerMessage[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'precision-'))
    journal = openJournal(join(folder, 'events.ndjson'))
    sent.length = 0
  })
  afterEach(() => {
    journal.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is what the recipe says, without a word', () => {
    const reporter = new Reporter(journal, (message) => sent.push(message))
    expect(choosePrecision('bfloat16', reporter)).toBe('bfloat16')
    expect(choosePrecision('float32', reporter)).toBe('float32')
    expect(sent).toEqual([])
  })

  it('is measured when left to the machine, and the reason is told', () => {
    const reporter = new Reporter(journal, (message) => sent.push(message))
    const chosen = choosePrecision('auto', reporter)
    expect(['float32', 'bfloat16']).toContain(chosen)
    const [message] = sent
    if (message?.type !== 'event' || message.recorded.event.type !== 'log') {
      return expect.fail('nothing was told')
    }
    expect(message.recorded.event.line.message).toMatch(
      new RegExp(`^Precision ${chosen}: .*\\d times`),
    )
    expect(memory().tensors).toBe(0)
  })
})
