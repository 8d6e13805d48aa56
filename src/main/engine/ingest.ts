import type { ExamplePrediction, LogLine, Run, RunId, Series } from '@shared/domain'
import type { RecordedEvent, RunEvent, TrainerOutcome } from '@shared/trainer'
import {
  appendLog,
  appendSeries,
  getRun,
  lastSeqOf,
  listConfusions,
  putCheckpoint,
  putEvaluation,
  putExample,
  recordRun,
  setLastSeq,
  setRunState,
  transaction,
  type WritableDatabase,
} from '../store'
import type { Context } from './context'
import { narrate } from './narrate'
import { oneAnswerWarning } from './one-answer'

/** What an event left behind, to be published once it is committed. */
interface Ingested {
  readonly series: readonly Series[]
  readonly lines: readonly LogLine[]
  readonly examples: readonly ExamplePrediction[]
  readonly outcome: TrainerOutcome | null
  readonly runChanged: boolean
}

export type IngestResult =
  | { readonly kind: 'committed'; readonly outcome: TrainerOutcome | null }
  /** The event was committed before. */
  | { readonly kind: 'known' }
  /** Events before this one are missing; the journal has them. */
  | { readonly kind: 'gap' }

const nothing: Ingested = { series: [], lines: [], examples: [], outcome: null, runChanged: false }

/** Commits one event of a run in one transaction, then publishes what came of it. */
export function ingest(context: Context, id: RunId, recorded: RecordedEvent): IngestResult {
  const { db } = context
  const last = lastSeqOf(db, id)
  if (recorded.seq <= last) return { kind: 'known' }
  if (recorded.seq > last + 1) return { kind: 'gap' }
  const ingested = transaction(db, () => {
    setLastSeq(db, id, recorded.seq)
    const run = getRun(db, id)
    if (run === null) return nothing
    const applied = apply(db, run, recorded.event, recorded.time)
    const lines = linesOf(db, id, recorded).map((line) => appendLog(db, id, line))
    return { ...applied, lines }
  })
  publish(context, id, recorded.seq, ingested)
  return { kind: 'committed', outcome: ingested.outcome }
}

/** What the log says of an event, with warnings about what came of the run where it finished. */
function linesOf(
  db: WritableDatabase,
  id: RunId,
  { event, time }: RecordedEvent,
): readonly Omit<LogLine, 'seq'>[] {
  const line = narrate(event, time)
  const finished = event.type === 'ended' && event.outcome.kind === 'finished'
  const warnings = (finished ? listConfusions(db, id) : [])
    .map(oneAnswerWarning)
    .filter((message) => message !== null)
    .map((message) => ({ time, level: 'warning', message }) as const)
  return line === null ? warnings : [line, ...warnings]
}

function publish({ db, events }: Context, run: RunId, seq: number, ingested: Ingested): void {
  const { series, lines, examples } = ingested
  if (series.length > 0) events.publish('run.metrics', { run, seq, series })
  if (lines.length > 0) events.publish('run.log', { run, lines })
  if (examples.length > 0) events.publish('run.examples', { run, rows: examples })
  if (!ingested.runChanged) return
  const changed = getRun(db, run)
  if (changed !== null) events.publish('run.changed', { run: changed })
}

function apply(db: WritableDatabase, run: Run, event: RunEvent, time: number): Ingested {
  switch (event.type) {
    case 'started': {
      if (run.state.kind === 'starting') setRunState(db, run.id, { kind: 'running' })
      recordRun(db, { ...run, machine: event.machine, startedAt: run.startedAt ?? time })
      return { ...nothing, runChanged: true }
    }
    case 'metrics': {
      const appended = event.blocks.map((block) => appendSeries(db, run.id, block))
      const series = appended.filter((each) => each !== null)
      const steps = Math.max(run.steps, ...series.map((each) => each.step.at(-1) ?? 0))
      if (steps > run.steps) recordRun(db, { ...run, steps })
      return { ...nothing, series }
    }
    case 'evaluated': {
      putEvaluation(db, run.id, event)
      const metrics = { ...run.metrics, ...finite(event.metrics) }
      recordRun(db, { ...run, metrics, best: bestOf(run, event) })
      return { ...nothing, runChanged: true }
    }
    case 'examples': {
      for (const example of event.rows) putExample(db, run.id, example)
      return { ...nothing, examples: event.rows }
    }
    case 'checkpoint': {
      const { step, bytes } = event
      putCheckpoint(db, run.id, { path: event.path.replaceAll('\\', '/'), step, bytes })
      return { ...nothing, runChanged: true }
    }
    case 'log':
      return nothing
    case 'ended': {
      recordEnd(db, run, event.outcome)
      return { ...nothing, outcome: event.outcome }
    }
  }
}

function bestOf(run: Run, event: Extract<RunEvent, { type: 'evaluated' }>): Run['best'] {
  if (!event.best) return run.best
  const { metric } = run.recipe.evaluation
  const value = event.metrics[metric]
  return value === undefined ? run.best : { metric, value, step: event.step }
}

/** What the trainer found out by its end; the state itself is the queue's. */
function recordEnd(db: WritableDatabase, run: Run, outcome: TrainerOutcome): void {
  if (outcome.kind === 'failed') return
  const { summary } = outcome
  recordRun(db, {
    ...run,
    metrics: { ...run.metrics, ...finite(summary.metrics) },
    steps: Math.max(run.steps, summary.steps),
    samplesPerSecond: summary.samplesPerSecond ?? run.samplesPerSecond,
    peakMemoryBytes: Math.max(run.peakMemoryBytes ?? 0, summary.peakMemoryBytes),
  })
}

/** JSON knows no NaN: what is not a number is not recorded as a result. */
const finite = (metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)))
