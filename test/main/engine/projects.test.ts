import { describe, expect, it } from 'vitest'
import { createNodeLauncher, serveEngine } from '../../../src/main/engine/public'
import { channelPair } from '../../../src/main/platform/channel'
import { createEngineClient } from '../../../src/main/platform/engine-client'
import { openEngine, temporaryFolder } from './harness'

describe('projects', () => {
  it('are created, changed and deleted, and every front is told', async () => {
    const { call, events } = await openEngine()
    const project = await call('projects.create', { name: ' Reviews ' })
    expect(project.name).toBe('Reviews')
    await call('projects.update', { project: 'reviews', description: 'Films' })
    const [card] = await call('projects.list', {})
    expect(card).toMatchObject({ id: project.id, description: 'Films', runs: 0, diskBytes: 0 })
    expect(await call('projects.delete', { project: project.id })).toEqual({ bytes: 0 })
    expect(await call('projects.list', {})).toEqual([])
    expect(events.map((event) => event.event)).toEqual([
      'projects.changed',
      'projects.changed',
      'project.changed',
      'projects.changed',
    ])
  })

  it('have names that differ by more than case', async () => {
    const { call } = await openEngine()
    await call('projects.create', { name: 'Reviews' })
    await expect(call('projects.create', { name: 'REVIEWS' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('are there again after the engine was closed and opened', async () => {
    const folder = temporaryFolder()
    const before = await openEngine(undefined, folder)
    await before.call('projects.create', { name: 'Kept' })
    await before.engine.close()
    const after = await openEngine(undefined, folder)
    expect((await after.call('projects.list', {})).map((each) => each.name)).toEqual(['Kept'])
  })
})

describe('the engine over a channel', () => {
  it('answers calls and forwards events and errors', async () => {
    const { engine } = await openEngine(createNodeLauncher('trainer.cjs', 'cache'))
    const [own, other] = channelPair()
    serveEngine(engine, own)
    const client = createEngineClient(other)
    const seen: string[] = []
    client.subscribe((event) => seen.push(event.event))
    const info = await client.call('system.info', {})
    expect(info.sqlite).toMatch(/^3\.\d+/)
    await client.call('projects.create', { name: 'Over a channel' })
    expect(seen).toEqual(['projects.changed'])
    await expect(client.forward('projects.explode', {})).rejects.toMatchObject({
      code: 'input.unknownProcedure',
    })
    await expect(client.forward('projects.get', { project: 7 })).rejects.toMatchObject({
      code: 'input.invalid',
      details: { fields: [{ path: 'project' }] },
    })
    own.close()
    await expect(client.call('projects.list', {})).rejects.toMatchObject({
      code: 'engine.unavailable',
    })
  })
})
