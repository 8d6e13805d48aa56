import type { ErrorPayload } from '@shared/errors'
import type { TrainerMessage, TrainerOutcome } from '@shared/trainer'
import { removeOldCheckpoints } from './checkpoint'
import { StopAsked, type Control } from './control'
import { describeFailure } from './failure'
import { openJournal, type Journal } from './journal'
import { runLoop } from './loop'
import { createModel } from './model'
import { openRunFolder, type RunFolder } from './manifest'
import { Reporter } from './reporter'
import { attemptCost } from './summary'
import { setUp, type CreateTrainee, type Setup } from './setup'

/**
 * One attempt at a run: from its beginning, or from its checkpoint when there is one. Returns the
 * exit code of the process. Every way to an end is in the journal, except that of a run which was
 * abandoned: that one goes on where it was left.
 */
export async function trainRun(
  runFolder: string,
  send: (message: TrainerMessage) => void,
  control: Control,
  createTrainee: CreateTrainee = createModel,
): Promise<number> {
  const folder = await openRunFolder(runFolder)
  const journal = openJournal(folder.journal)
  const reporter = new Reporter(journal, send)
  const onUncaught = (error: unknown): void => {
    recordFailure(reporter, send, describeFailure(error))
  }
  process.on('uncaughtExceptionMonitor', onUncaught)
  try {
    const outcome = await attempt(folder, reporter, control, createTrainee)
    if (outcome === undefined) return 0
    reporter.record({ type: 'ended', outcome }, { durable: true })
    if (outcome.kind === 'finished') await tidyUp(folder)
    return 0
  } catch (error) {
    recordFailure(reporter, send, describeFailure(error))
    return 1
  } finally {
    process.off('uncaughtExceptionMonitor', onUncaught)
    closeQuietly(journal, send)
  }
}

/** The run has ended well: what cannot be removed is told where nobody takes it for a failure. */
async function tidyUp(folder: RunFolder): Promise<void> {
  try {
    await removeOldCheckpoints(folder.checkpoints)
  } catch (error) {
    console.error(`Old checkpoints were not removed: ${describeFailure(error).message}`)
  }
}

async function attempt(
  folder: RunFolder,
  reporter: Reporter,
  control: Control,
  createTrainee: CreateTrainee,
): Promise<TrainerOutcome | undefined> {
  let setup: Setup
  try {
    setup = await setUp(folder, reporter, control, createTrainee)
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error
    return stoppedBeforeTraining(control.requested)
  }
  try {
    return await runLoop(setup, reporter, control)
  } finally {
    setup.trainee.dispose()
  }
}

/** Nothing was trained in this attempt; what an earlier one left is as it was. */
function stoppedBeforeTraining(requested: Control['requested']): TrainerOutcome | undefined {
  if (requested === null || requested === 'abandoned') return undefined
  const summary = { ...attemptCost(), steps: 0, samplesPerSecond: null, metrics: {} }
  return { kind: requested, summary }
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
