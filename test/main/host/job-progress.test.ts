import { expect, it } from 'vitest'
import { describeProgress } from '../../../src/main/host/cli/jobs'

const progress = {
  label: 'Reading the pack',
  unit: 'files',
  rate: null,
  remainingSeconds: null,
} as const

it('says how far a job is, and only what it does where that is not known', () => {
  expect(describeProgress({ ...progress, done: 0, total: null })).toBe('Reading the pack …')
  expect(describeProgress({ ...progress, done: 3, total: null })).toBe('Reading the pack: 3 files')
  expect(
    describeProgress({ ...progress, done: 1200, total: 4000, rate: 400, remainingSeconds: 7 }),
  ).toBe('Reading the pack: 1,200 of 4,000 files  400 files/s  7.0 s left')
})
