import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { createParentLauncher } from '../../../src/main/engine/public'
import type { EngineToHost } from '../../../src/main/platform/hostProtocol'
import { onCleanup, until } from './harness'

describe('trainers that the host starts', () => {
  it('come with a channel, and their end is told once', async () => {
    const asked: EngineToHost[] = []
    const launcher = createParentLauncher((message) => asked.push(message), 'no-cache')
    const starting = launcher.startTrainer()
    expect(asked).toMatchObject([{ type: 'trainer.start', id: 1 }])
    const { port1, port2 } = new MessageChannel()
    onCleanup(() => {
      port1.close()
    })
    launcher.receive({ type: 'trainer.started', id: 1, pid: 77 }, [port1])
    const trainer = await starting
    expect(trainer.pid).toBe(77)
    const heard: unknown[] = []
    trainer.channel.onMessage((message) => heard.push(message))
    port2.postMessage({ type: 'predictor.ready' })
    await until(() => heard[0], 'a message')
    const exits: unknown[] = []
    trainer.onExit((exit) => exits.push(exit))
    const exit = {
      type: 'trainer.exited',
      id: 1,
      code: 134,
      signal: null,
      stderr: 'abort',
    } as const
    launcher.receive(exit, [])
    launcher.receive(exit, [])
    trainer.onExit((late) => exits.push(late))
    expect(exits).toEqual([
      { code: 134, signal: null, stderr: 'abort' },
      { code: 134, signal: null, stderr: 'abort' },
    ])
  })

  it('that die at once are refused with what they wrote', async () => {
    const launcher = createParentLauncher(() => undefined, 'no-cache')
    const starting = launcher.startTrainer()
    launcher.receive(
      { type: 'trainer.exited', id: 1, code: 1, signal: null, stderr: 'libtensorflow is missing' },
      [],
    )
    await expect(starting).rejects.toMatchObject({
      code: 'trainer.crashed',
      message: expect.stringContaining('libtensorflow is missing') as string,
    })
  })
})
