import type { RunState } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import type { TrainerOutcome } from '@shared/trainer'
import type { TrainerExit } from './launcher'

export interface AttemptEnd {
  readonly outcome: TrainerOutcome | null
  /** What the trainer said with its last breath, when the disk refused its journal. */
  readonly fatal: ErrorPayload | null
  readonly exit: TrainerExit | null
  /** The engine was closing and asked the trainer to save and go. */
  readonly closing: boolean
  /** What a person asked for before the process ended. */
  readonly stopping: 'paused' | 'stopped' | null
}

/** The state of a run after a trainer process, from everything that is known of its end. */
export function stateAfter(end: AttemptEnd): RunState {
  if (end.outcome !== null) return stateOfOutcome(end.outcome)
  if (end.fatal !== null) return { kind: 'failed', error: end.fatal }
  if (end.closing) {
    return {
      kind: 'interrupted',
      error: {
        code: 'engine.unavailable',
        message: 'Graftbench was closed while the run was going. Resume it to go on.',
      },
    }
  }
  if (end.stopping !== null) return { kind: end.stopping }
  return { kind: 'interrupted', error: describeCrash(end.exit) }
}

function stateOfOutcome(outcome: TrainerOutcome): RunState {
  switch (outcome.kind) {
    case 'finished':
    case 'stopped':
    case 'paused':
      return { kind: outcome.kind }
    case 'failed':
      return { kind: 'failed', error: outcome.error }
  }
}

/** Native code that runs out of memory aborts or is killed by the kernel: signal 9, status 137. */
export function describeCrash(exit: TrainerExit | null): ErrorPayload {
  if (exit === null) {
    return {
      code: 'engine.unavailable',
      message: 'Graftbench itself ended while the run was going. Resume the run to go on.',
    }
  }
  const { code, signal, stderr } = exit
  const details = { code, signal, stderr }
  const killed = signal === 'SIGKILL' || code === 137
  if (killed || /bad_alloc|out of memory|OOM when allocating/i.test(stderr)) {
    return {
      code: 'trainer.outOfMemory',
      message:
        'The training process was killed, most likely because the machine ran out of memory. Lower batch.size or data.maxLength, close other programs, and resume the run.',
      details,
    }
  }
  const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`
  const last = stderr.split('\n').at(-1)?.trim() ?? ''
  return {
    code: 'trainer.crashed',
    message: `The training process ended with ${how}${last === '' ? '' : `: ${last}`}. Resume the run to go on.`,
    details,
  }
}
