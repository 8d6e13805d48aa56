import { expect, it } from 'vitest'
import type { RunId } from '../../../src/shared/domain'
import { runsOfSeed } from '../../../src/renderer/ablation/lookup'
import { exampleAblation, exampleCell, exampleDetail } from './exampleAblation'

it('counts the runs of a seed: a shared one once, and of a seed that has them all', () => {
  const ablation = exampleAblation({ arms: ['none', 'both', 'auto'], labels: [16, 64], seeds: 2 })
  const cell = (seed: number, run: string) => exampleCell({ seed, run: `run_${run}` as RunId })
  const cells = [cell(0, 'a'), cell(0, 'b'), cell(0, 'b'), cell(0, 'c'), cell(1, 'd')]
  expect(runsOfSeed(exampleDetail({ ablation, cells }))).toBe(3)
  expect(runsOfSeed(exampleDetail({ ablation, cells: [] }))).toBe(6)
})
