import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TrainerMessage } from '../../../src/shared/trainer'
import { memory } from '../../../src/main/nn/tf'
import { openJournal, type Journal } from '../../../src/main/trainer/journal'
import { choose, choosePrecision, doubtAbout } from '../../../src/main/trainer/precision'
import { processor } from '../../../src/main/nn/kernels/native'
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

  it('is what the recipe says, without a word unless the processor is not made for it', () => {
    const reporter = new Reporter(journal, (message) => sent.push(message))
    expect(choosePrecision('float32', reporter)).toBe('float32')
    expect(sent).toEqual([])
    expect(choosePrecision('bfloat16', reporter)).toBe('bfloat16')
    expect(sent).toHaveLength(processor().bfloat16 ? 0 : 1)
  })

  it('is the narrow one that is clearly faster, bfloat16 before float16', () => {
    const cpu = {
      device: 'cpu',
      instructions: true,
      float32: 2,
      bfloat16: 1,
      float16: null,
    } as const
    expect(choose(cpu)).toEqual({
      precision: 'bfloat16',
      reason: 'matrix products are 2.0 times as fast in bfloat16 on this machine',
    })
    expect(choose({ ...cpu, bfloat16: 1.9 }).precision).toBe('float32')
    const gpu = { ...cpu, device: 'gpu', instructions: null, float16: 0.5 } as const
    expect(choose(gpu).precision).toBe('bfloat16')
    expect(choose({ ...gpu, bfloat16: 2 })).toMatchObject({
      precision: 'float16',
      reason: expect.stringContaining('4.0 times as fast in float16'),
    })
  })

  it('is explained where the processor has no BF16', () => {
    const old = { device: 'cpu', instructions: false } as const
    const slow = { ...old, float32: 1, bfloat16: 3, float16: null }
    expect(choose(slow)).toEqual({
      precision: 'float32',
      reason:
        'bfloat16 is not faster on this machine (0.33 times float32; the processor has no BF16 instructions)',
    })
    expect(doubtAbout('bfloat16', old)).toContain('no BF16 instructions')
    expect(doubtAbout('bfloat16', { ...old, instructions: true })).toBeNull()
    expect(doubtAbout('float16', old)).toContain('for GPUs')
    expect(doubtAbout('float16', { device: 'gpu', instructions: null })).toBeNull()
    expect(doubtAbout('float32', old)).toBeNull()
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
