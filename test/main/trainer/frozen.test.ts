import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import * as disk from '../../../src/main/platform/disk'
import {
  addRun,
  attempt,
  eventsOf,
  makeRun,
  outcomesOf,
  type MadeRun,
  type RunOptions,
} from './support'

vi.mock('../../../src/main/platform/disk', { spy: true })

const recipe: NonNullable<RunOptions['recipe']> = {
  ...{ epochs: 3, batch: { size: 8 }, train: { lastLayers: 1 } },
  data: { validation: 0.2, test: 0.2 },
}

let made: MadeRun | undefined

afterEach(async () => {
  vi.mocked(disk.freeBytes).mockRestore()
  if (made !== undefined) await rm(made.root, { recursive: true, force: true })
})

it('keeps no activations where the disk has no room, says so, and stays with that', async () => {
  made = await makeRun({ recipe })
  const { folder, root } = made
  const kept = (): string[] =>
    readdirSync(join(root, 'cache')).filter((name) => name.startsWith('activations-'))
  vi.mocked(disk.freeBytes).mockResolvedValue(1000)
  await attempt(folder, { stopDuring: 4 })
  const warnings = eventsOf(folder).flatMap((event) =>
    event.type === 'log' && event.line.level === 'warning' ? [event.line.message] : [],
  )
  expect(warnings).toEqual([
    expect.stringMatching(/computed anew in every epoch: .* needs 0\.\d MB at .*cache/),
  ])
  expect(kept()).toEqual([])

  // There is room again, but a run goes on as it began.
  vi.mocked(disk.freeBytes).mockResolvedValue(1e12)
  await attempt(folder)
  expect(outcomesOf(folder).at(-1)?.kind).toBe('finished')
  expect(kept()).toEqual([])

  const next = addRun(made, 'next', { recipe })
  await attempt(next)
  expect(outcomesOf(next).at(-1)?.kind).toBe('finished')
  expect(kept()).toHaveLength(1)
})
