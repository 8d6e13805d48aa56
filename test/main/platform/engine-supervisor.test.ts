import { GraftError } from '@shared/errors'
import type { EventMessage } from '@shared/rpc'
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../../src/main/platform/channel'
import { channelPair } from '../../../src/main/platform/channel'
import { createEngineClient } from '../../../src/main/platform/engine-client'
import type { EngineConnection } from '../../../src/main/platform/engine-connection'
import { superviseEngine } from '../../../src/main/platform/engine-supervisor'

/** The other end of a channel: answers every call with its procedure's name. */
function connection(): { readonly own: EngineConnection; readonly engine: Channel } {
  const [front, engine] = channelPair()
  engine.onMessage((message) => {
    if (typeof message !== 'object' || message === null) return
    const { id, procedure } = message as { id: number; procedure: string }
    engine.send({ type: 'result', id, result: procedure === 'runs.list' ? [] : procedure })
  })
  const close = (): Promise<void> => {
    engine.close()
    return Promise.resolve()
  }
  return {
    own: {
      client: createEngineClient(front),
      workspace: '/w',
      own: true,
      lastOutput: () => '',
      close,
    },
    engine,
  }
}

const soon = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('superviseEngine', () => {
  it('starts an engine that ended again, tells so, and lets calls wait meanwhile', async () => {
    const made: ReturnType<typeof connection>[] = []
    const engine = await superviseEngine(
      () => {
        const next = connection()
        made.push(next)
        return Promise.resolve(next.own)
      },
      { delays: [30, 30] },
    )
    const events: EventMessage[] = []
    engine.subscribe((event) => events.push(event))
    made[0]?.engine.close()
    await soon()
    expect(await engine.forward('projects.list', {})).toBe('projects.list')
    expect(made).toHaveLength(2)
    expect(events.map(({ event }) => event)).toEqual([
      'engine.failed',
      'projects.changed',
      'models.changed',
      'datasets.changed',
    ])
  })

  it('gives up after the last delay with a code', async () => {
    const made: ReturnType<typeof connection>[] = []
    const engine = await superviseEngine(
      () => {
        const next = connection()
        made.push(next)
        setTimeout(() => next.engine.close(), 10)
        return Promise.resolve(next.own)
      },
      { delays: [5, 5] },
    )
    await soon(150)
    expect(made).toHaveLength(3)
    await expect(engine.forward('projects.list', {})).rejects.toMatchObject({
      code: 'engine.unavailable',
    })
  })

  it('throws what keeps the first engine from starting', async () => {
    const refuse = (): Promise<EngineConnection> =>
      Promise.reject(new GraftError('workspace.newer', 'Too new.'))
    await expect(superviseEngine(refuse)).rejects.toMatchObject({ code: 'workspace.newer' })
  })

  it('does not start again what it was told to end', async () => {
    let starts = 0
    const engine = await superviseEngine(
      () => {
        starts += 1
        return Promise.resolve(connection().own)
      },
      { delays: [1] },
    )
    await engine.shutdown()
    await soon()
    expect(starts).toBe(1)
  })
})
