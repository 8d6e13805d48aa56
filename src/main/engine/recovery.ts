import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '@shared/domain'
import { toErrorPayload } from '@shared/errors'
import { removePartials } from '../platform/atomic'
import { systemCodeOf } from '../platform/files'
import { getRun, interruptJobs, lastSeqOf, listActiveRuns, trainerOf, transaction } from '../store'
import { warn } from './attempt'
import { describeCrash, stateAfter } from './attempt-end'
import type { Context } from './context'
import { goingMark } from './deletion'
import { unpackingMark } from './model-import'
import { isAlive } from './process-state'
import { settle } from './queue'
import { replayJournal } from './replay'
import { journalFile } from './run-folder'

export interface RecoveryOptions {
  /** How long a trainer of the engine before may still take to save and end. */
  readonly trainerEndsWithinMs: number
  readonly pollMs: number
}

export const defaultRecoveryOptions: RecoveryOptions = {
  trainerEndsWithinMs: 60_000,
  pollMs: 100,
}

/**
 * Before anything else happens: jobs of an engine that died are marked, what it left is removed,
 * and no run whose trainer is gone is told as running.
 */
export async function clearAfterCrash(context: Context, options: RecoveryOptions): Promise<void> {
  transaction(context.db, () => interruptJobs(context.db, context.now()))
  await removeLeftovers(context)
  const trainerIsGone = ({ id }: Run): boolean => {
    const pid = trainerOf(context.db, id)
    return pid === null || pid <= 0 || !isAlive(pid)
  }
  await recoverRuns(context, listActiveRuns(context.db).filter(trainerIsGone), options)
}

/**
 * After an engine that died: every run that was alive gets what its journal holds beyond the
 * database and the state that follows from it.
 */
export const recover = (context: Context, options: RecoveryOptions): Promise<void> =>
  recoverRuns(context, listActiveRuns(context.db), options)

/** One run that cannot be recovered does not keep the others from it. */
async function recoverRuns(
  context: Context,
  runs: readonly Run[],
  options: RecoveryOptions,
): Promise<void> {
  for (const run of runs) {
    try {
      await recoverRun(context, run, options)
    } catch (error) {
      await settle(context, run.id, { kind: 'interrupted', error: toErrorPayload(error) }, 0)
    }
    const recovered = getRun(context.db, run.id)
    if (recovered !== null) context.events.publish('run.changed', { run: recovered })
  }
}

async function recoverRun(context: Context, run: Run, options: RecoveryOptions): Promise<void> {
  await trainerEnded(context, run, options)
  const notStarted = run.state.kind === 'starting'
  const before = notStarted ? lastSeqOf(context.db, run.id) : 0
  const replayed = await replayJournal(context, run.id, before)
  if (replayed.damage !== null) warn(context, run.id, replayed.damage)
  const stopping = run.state.kind === 'stopping' ? run.state.to : null
  const state =
    replayed.outcome === null && stopping === null
      ? ({ kind: 'interrupted', error: describeCrash(null) } as const)
      : stateAfter({ ...replayed, fatal: null, exit: null, closing: false, stopping })
  await settle(context, run.id, state, replayed.seconds)
}

/** The trainer saw its channel close and saves; one that hangs is killed, so that nobody writes. */
async function trainerEnded(context: Context, run: Run, options: RecoveryOptions): Promise<void> {
  const pid = trainerOf(context.db, run.id)
  if (pid === null || pid <= 0) return
  const journal = journalFile(context.workspace, run.id)
  const deadline = Date.now() + options.trainerEndsWithinMs
  while (Date.now() < deadline) {
    if (!isAlive(pid) || isSomethingElse(pid, journal)) return
    await new Promise((resolve) => setTimeout(resolve, options.pollMs))
  }
  if (holdsFile(pid, journal)) process.kill(pid, 'SIGKILL')
}

/** Pids come again: where the system tells, a process that is no trainer is not waited for. */
function isSomethingElse(pid: number, journal: string): boolean {
  if (process.platform !== 'linux' || holdsFile(pid, journal)) return false
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return !command.includes('trainer') && !command.includes('--type=utility')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return true
    throw error
  }
}

/** Whether a process has a file open; false where the system does not tell. */
function holdsFile(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).some((name) => linkTarget(join(folder, name)) === file)
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ESRCH'].includes(systemCodeOf(error) ?? '')) return false
    throw error
  }
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** What a killed engine was still writing or deleting. */
async function removeLeftovers({ workspace }: Context): Promise<void> {
  for (const name of await readdir(workspace.uploads)) {
    if (name.startsWith(unpackingMark)) {
      await rm(join(workspace.uploads, name), { recursive: true, force: true })
    }
  }
  for (const folder of [workspace.models, workspace.datasets, workspace.packs, workspace.runs]) {
    await removePartials(folder)
    for (const name of await readdir(folder)) {
      if (name.startsWith(goingMark)) {
        await rm(join(folder, name), { recursive: true, force: true })
      }
    }
  }
}
