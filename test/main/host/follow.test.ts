import { describe, expect, it } from 'vitest'
import { conclude } from '../../../src/main/host/cli/follow'
import type { ErrorCode } from '../../../src/shared/errors'
import { exampleRun } from '../../renderer/runs/exampleRun'

const ended = (kind: 'failed' | 'interrupted', code: ErrorCode, resumable: boolean) =>
  exampleRun({ number: 7, resumable, state: { kind, error: { code, message: 'It broke.' } } })

describe('the end of a run that did not finish', () => {
  it('advises to resume where that helps', () => {
    const advice = 'It broke. Continue with: graftbench runs resume 7'
    expect(() => conclude(ended('interrupted', 'trainer.crashed', false))).toThrow(advice)
    expect(() => conclude(ended('failed', 'disk.full', true))).toThrow(advice)
    expect(() => conclude(ended('failed', 'disk.full', false))).toThrow(advice)
  })

  it.each([
    ['data.oneClass', false],
    ['data.labelUnknown', true],
    ['trainer.lossNotFinite', true],
  ] as const)('advises nothing after %s that would come again (checkpoint: %s)', (code, kept) => {
    expect(() => conclude(ended('failed', code, kept))).toThrow(/^Run #7 failed: It broke\.$/)
  })

  it('is the run itself where it came to its end', () => {
    const run = exampleRun()
    expect(conclude(run)).toBe(run)
  })
})
