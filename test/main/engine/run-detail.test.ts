import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { noTrainers, openReadyEngine } from './harness'

/** A run that waits or has ended, and what its folder tells once a trainer wrote its choice there. */
async function detailWith(choice: object | null) {
  const { call, project } = await openReadyEngine(noTrainers)
  const recipe = { model: 'tiny', train: 'auto', data: { dataset: 'reviews', maxLength: 32 } }
  const { id } = await call('runs.create', { project: project.id, recipe })
  const { folder } = await call('runs.get', { run: id })
  if (choice !== null) writeFileSync(join(folder, 'strategy.json'), JSON.stringify(choice))
  return call('runs.get', { run: id })
}

const candidate = {
  ...{ name: 'head: pre-trained', description: 'As it is.', loss: 0.6, accuracy: 0.7 },
  ...{ error: 0.1, chosen: true },
}

describe('the details of a run', () => {
  it('tell what it tried without a pack, and why it took what it took', async () => {
    const choice = { version: 1, candidates: [candidate], reason: 'It was better.', steps: 3 }
    const detail = await detailWith(choice)
    expect(detail.trials).toEqual({ candidates: [candidate], reason: 'It was better.' })
    expect(detail.fusion).toBeNull()
  })

  it('tell of nothing before it settled, and why where it had nothing to try', async () => {
    expect((await detailWith(null)).trials).toBeNull()
    const settled = { candidates: [], reason: 'The methods of the recipe.' }
    expect((await detailWith(settled)).trials).toEqual(settled)
  })
})
