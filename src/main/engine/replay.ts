import type { RunId } from '@shared/domain'
import type { RecordedEvent, TrainerOutcome } from '@shared/trainer'
import { z } from 'zod'
import { exists } from '../platform/files'
import { readLines } from '../platform/lines'
import { lastSeqOf } from '../store'
import type { Context } from './context'
import { ingest } from './ingest'
import { journalFile } from './run-folder'

export interface Replayed {
  /** Events that were in the journal only. */
  readonly events: number
  /** How the attempt ended by the trainer's own word, when that is in the journal. */
  readonly outcome: TrainerOutcome | null
  /** From the start of the last attempt to the last event of the journal. */
  readonly seconds: number
  /** A sentence about a line that could not be read; what comes after it is not used. */
  readonly damage: string | null
}

const envelope = z.object({
  seq: z.int().positive(),
  time: z.number(),
  event: z.looseObject({
    type: z.enum(['started', 'metrics', 'evaluated', 'examples', 'checkpoint', 'log', 'ended']),
  }),
})

/**
 * Commits what stands in a run's journal beyond the last committed event. A last line that was
 * cut by the trainer's death is left out; a damaged one ends the replay with a sentence.
 * `attemptAfter`: number of the last event before the attempt; an end before it is not its own.
 */
export async function replayJournal(
  context: Context,
  run: RunId,
  attemptAfter: number,
): Promise<Replayed> {
  const path = journalFile(context.workspace, run)
  const found: Found = { events: 0, outcome: null, startedAt: 0, lastTime: 0 }
  const done = (damage: string | null): Replayed => ({
    events: found.events,
    outcome: found.outcome,
    seconds: Math.max(0, found.lastTime - found.startedAt) / 1000,
    damage,
  })
  if (!(await exists(path))) return done(null)
  const last = lastSeqOf(context.db, run)
  for await (const line of readLines(path)) {
    const recorded = parseLine(line.bytes)
    if (recorded === null) {
      const cut = line.byteLength === line.bytes.length
      return done(cut ? null : `${path}, line ${line.number} is damaged.`)
    }
    follow(found, recorded, attemptAfter)
    if (recorded.seq <= last) continue
    if (!commit(context, run, recorded)) {
      return done(`${path}, line ${line.number} does not fit the history.`)
    }
    found.events += 1
  }
  return done(null)
}

interface Found {
  events: number
  outcome: TrainerOutcome | null
  startedAt: number
  lastTime: number
}

/** Keeps what the last attempt says of itself. */
function follow(found: Found, { seq, time, event }: RecordedEvent, attemptAfter: number): void {
  found.lastTime = time
  if (event.type === 'started') {
    found.startedAt = time
    found.outcome = null
  }
  if (event.type === 'ended' && seq > attemptAfter) found.outcome = event.outcome
}

/** False for an event that does not fit: a gap in the numbers, or fields that are not there. */
function commit(context: Context, run: RunId, recorded: RecordedEvent): boolean {
  try {
    return ingest(context, run, recorded).kind === 'committed'
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** A line whose envelope holds; its fields were written by a trainer of this program. */
function parseLine(bytes: Buffer): RecordedEvent | null {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  return envelope.safeParse(value).success ? (value as RecordedEvent) : null
}
