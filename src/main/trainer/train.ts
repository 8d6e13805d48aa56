import type { ErrorPayload } from '@shared/errors'
import type { TrainerMessage, TrainerOutcome } from '@shared/trainer'
import { removeCheckpoints } from './checkpoint'
import type { Control } from './control'
import { describeFailure } from './failure'
import { openJournal, type Journal } from './journal'
import { runLoop } from './loop'
import { openRunFolder } from './manifest'
import { Reporter } from './reporter'
import { setUp } from './setup'

/**
 * One attempt at a run: from its beginning, or from its checkpoint when there is one. Returns the
 * exit code of the process. Every way to an end is in the journal, except that of a run which was
 * abandoned: that one goes on where it was left.
 */
export async function trainRun(
  runFolder: string,
  send: (message: TrainerMessage) => void,
  control: Control,
): Promise<number> {
  const folder = await openRunFolder(runFolder)
  const journal = openJournal(folder.journal)
  const reporter = new Reporter(journal, send)
  try {
    const setup = await setUp(folder, reporter)
    try {
      const outcome = await runLoop(setup, reporter, control)
      if (outcome === undefined) return 0
      reporter.record({ type: 'ended', outcome }, { durable: true })
      if (outcome.kind === 'finished') await removeCheckpoints(folder.checkpoints)
      return 0
    } finally {
      setup.trainee.dispose()
    }
  } catch (error) {
    recordFailure(reporter, send, describeFailure(error))
    return 1
  } finally {
    closeQuietly(journal, send)
  }
}

/** The curves up to the failure and its reason; when the disk refuses, the parent hears it at least. */
function recordFailure(
  reporter: Reporter,
  send: (message: TrainerMessage) => void,
  error: ErrorPayload,
): void {
  const outcome: TrainerOutcome = { kind: 'failed', error }
  try {
    reporter.log('error', error.message)
    reporter.record({ type: 'ended', outcome }, { durable: true })
  } catch {
    send({ type: 'fatal', error })
  }
}

function closeQuietly(journal: Journal, send: (message: TrainerMessage) => void): void {
  try {
    journal.close()
  } catch (error) {
    send({ type: 'fatal', error: describeFailure(error) })
  }
}
