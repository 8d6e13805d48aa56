import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import type { TrainerCommand, TrainerMessage } from '@shared/trainer'
import type { Channel } from '../platform/channel'
import { createQueue } from './command-queue'
import { createControl, type Control } from './control'
import { describeFailure } from './failure'

const commandSchema: z.ZodType<TrainerCommand> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('train'), runFolder: z.string().min(1) }),
  z.object({ type: z.literal('stop'), to: z.enum(['paused', 'stopped']) }),
  z.object({
    type: z.literal('predictor'),
    source: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('run'), runFolder: z.string().min(1) }),
      z.object({
        kind: z.literal('folder'),
        folder: z.string().min(1),
        maxLength: z.int().min(1).nullable(),
      }),
    ]),
  }),
  z.object({
    type: z.literal('predict'),
    id: z.number(),
    inputs: z.array(
      z.object({
        text: z.string(),
        pair: z.string().nullable(),
        columns: z.record(z.string(), z.string()).optional(),
      }),
    ),
  }),
  z.object({ type: z.literal('exit') }),
])

/** A parent that is gone takes no more messages. */
const flushLimitMs = 2000

type Handler = (command: TrainerCommand) => void

/**
 * Takes the role that the first command names. TensorFlow is loaded with the role's own module,
 * so a wrong command costs nothing. The process ends with 0 when its work is done, 1 otherwise.
 */
export function serve(channel: Channel): void {
  const control = createControl()
  let handler: Handler | undefined
  const end = async (code: number): Promise<never> => {
    await Promise.race([channel.flush(), delay(flushLimitMs)])
    process.exit(code)
  }
  const send = (message: TrainerMessage): void => {
    channel.send(message)
  }
  const fail = (error: unknown): void => {
    send({ type: 'fatal', error: describeFailure(error) })
    void end(1)
  }
  process.on('uncaughtException', fail)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      abandon(control, handler, end)
    })
  }
  channel.onClose(() => {
    abandon(control, handler, end)
  })
  channel.onMessage((message) => {
    const command = commandSchema.safeParse(message)
    if (!command.success) {
      fail(new GraftError('trainer.protocol', `Unknown command: ${command.error.message}`))
    } else if (handler !== undefined) {
      handler(command.data)
    } else {
      handler = startRole(command.data, control, send, end, fail)
    }
  })
}

/** A run saves itself and ends; nothing else has anything to lose. */
function abandon(
  control: Control,
  handler: Handler | undefined,
  end: (code: number) => Promise<never>,
): void {
  control.request('abandoned')
  if (handler === undefined) void end(0)
  else handler({ type: 'exit' })
}

function startRole(
  command: TrainerCommand,
  control: Control,
  send: (message: TrainerMessage) => void,
  end: (code: number) => Promise<never>,
  fail: (error: unknown) => void,
): Handler {
  switch (command.type) {
    case 'train':
      import('./train')
        .then(({ trainRun }) => trainRun(command.runFolder, send, control))
        .then(end, fail)
      return (next) => {
        if (next.type === 'stop') control.request(next.to)
        if (next.type === 'exit') control.request('abandoned')
      }
    case 'predictor': {
      const queue = createQueue()
      import('./predictor')
        .then(({ servePredictor }) => servePredictor(command.source, queue, send))
        .then(() => end(0), fail)
      return queue.push
    }
    case 'exit':
      void end(0)
      return () => undefined
    case 'stop':
    case 'predict':
      fail(new GraftError('trainer.protocol', `"${command.type}" came before a role was named.`))
      return () => undefined
  }
}
