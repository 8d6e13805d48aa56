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
  /** How the trainer ended by its own word, when that was among them. */
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
 */
export async function replayJournal(context: Context, run: RunId): Promise<Replayed> {
  const path = journalFile(context.workspace, run)
  const found = { events: 0, outcome: null as TrainerOutcome | null, startedAt: 0, lastTime: 0 }
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
    if (recorded.event.type === 'started') found.startedAt = recorded.time
    found.lastTime = recorded.time
    if (recorded.seq <= last) continue
    const result = commit(context, run, recorded)
    if (result === null) return done(`${path}, line ${line.number} does not fit the history.`)
    found.events += 1
    found.outcome = result.outcome
  }
  return done(null)
}

function commit(
  context: Context,
  run: RunId,
  recorded: RecordedEvent,
): { readonly outcome: TrainerOutcome | null } | null {
  try {
    const result = ingest(context, run, recorded)
    return result.kind === 'committed' ? { outcome: result.outcome } : null
  } catch (error) {
    if (error instanceof TypeError) return null
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
