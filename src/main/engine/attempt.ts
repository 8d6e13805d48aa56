import type { Run, RunId, RunProgress } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { TrainerCommand, TrainerMessage, TrainerOutcome } from '@shared/trainer'
import { appendLog, lastSeqOf } from '../store'
import type { AttemptEnd } from './attempt-end'
import type { Context } from './context'
import { ingest } from './ingest'
import type { TrainerExit, TrainerProcess } from './launcher'
import { replayJournal } from './replay'
import { runFolder } from './run-folder'

/** Milliseconds before a trainer that was asked to stop is ended, then killed. */
export interface StopPatience {
  readonly terminateAfterMs: number
  readonly killAfterMs: number
}

/** One trainer process at work on a run. */
export interface Attempt {
  readonly run: RunId
  progress(): RunProgress | null
  stop(to: 'paused' | 'stopped'): void
  /** Save and go, without an end on record: the engine closes. */
  abandon(): void
  /** Everything the trainer journalled is committed when this resolves. */
  readonly ended: Promise<AttemptEnd>
}

/** Follows a trainer from its first event to its exit. */
export function followTrainer(
  context: Context,
  run: Run,
  trainer: TrainerProcess,
  patience: StopPatience,
): Attempt {
  const before = lastSeqOf(context.db, run.id)
  const timers: NodeJS.Timeout[] = []
  let progress: RunProgress | null = null
  let outcome: TrainerOutcome | null = null
  let fatal: ErrorPayload | null = null
  let stopping: 'paused' | 'stopped' | null = null
  let closing = false
  const command = (message: TrainerCommand): void => trainer.channel.send(message)

  trainer.channel.onMessage((message) => {
    if (!isTrainerMessage(message)) return
    if (message.type === 'progress') {
      progress = message.progress
      context.events.publish('run.progress', { run: run.id, progress })
    } else if (message.type === 'fatal') {
      fatal = message.error
    } else if (message.type === 'event') {
      try {
        const result = ingest(context, run.id, message.recorded)
        if (result.kind === 'committed') outcome = result.outcome ?? outcome
      } catch (error) {
        fatal = toErrorPayload(error)
        context.events.publish('engine.failed', { error: fatal, job: null })
        command({ type: 'exit' })
      }
    }
  })

  const escalate = (): void => {
    const { terminateAfterMs, killAfterMs } = patience
    timers.push(setTimeout(() => trainer.kill('SIGTERM'), terminateAfterMs))
    timers.push(setTimeout(() => trainer.kill('SIGKILL'), terminateAfterMs + killAfterMs))
  }
  const ended = new Promise<TrainerExit>((resolve) => trainer.onExit(resolve)).then(
    async (exit): Promise<AttemptEnd> => {
      for (const timer of timers) clearTimeout(timer)
      if (outcome === null) {
        const replayed = await replayJournal(context, run.id, before)
        outcome = replayed.outcome
        if (replayed.damage !== null) warn(context, run.id, replayed.damage)
      }
      return { outcome, fatal, exit, closing, stopping }
    },
  )

  command({ type: 'train', runFolder: runFolder(context.workspace, run.id) })
  return {
    run: run.id,
    progress: () => progress,
    stop: (to) => {
      if (stopping === null && !closing) escalate()
      stopping = to
      command({ type: 'stop', to })
    },
    abandon: () => {
      closing = true
      command({ type: 'exit' })
      escalate()
    },
    ended,
  }
}

/** A line of the engine's own in a run's log. */
export function warn({ db, events, now }: Context, run: RunId, message: string): void {
  const line = appendLog(db, run, { time: now(), level: 'warning', message })
  events.publish('run.log', { run, lines: [line] })
}

const messageTypes: readonly string[] = [
  'event',
  'progress',
  'predictor.ready',
  'predicted',
  'embedded',
  'refused',
  'fatal',
]

/** Trainers are this program's own processes: their messages are told apart, not checked in full. */
export const isTrainerMessage = (message: unknown): message is TrainerMessage =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  typeof message.type === 'string' &&
  messageTypes.includes(message.type)
