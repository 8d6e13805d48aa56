import { resumeHelps, type LogLine, type Run } from '@shared/domain'
import { fromErrorPayload, GraftError } from '@shared/errors'
import type { EventMessage } from '@shared/rpc'
import type { EngineClient } from '../../platform/engine-client'
import { Interrupted } from './exit'
import { describeProgress } from './progress-line'
import type { Session } from './session'

/**
 * Starts or continues a run and follows it to its end. Ctrl-C pauses it with a checkpoint. Gives
 * the run as it ended; throws Interrupted for a paused one, the run's error where it failed.
 */
export async function followRun(
  session: Session,
  start: (engine: EngineClient) => Promise<Run>,
): Promise<Run> {
  const engine = await session.engine()
  const watcher = watch(session)
  const unsubscribe = engine.subscribe(watcher.take)
  engine.onClose(() => watcher.fail(engineLost(watcher.reference())))
  let interrupted = false
  const pause = (): void => {
    const run = watcher.reference()
    if (run === null) return
    session.output.lines('Pausing the run; its checkpoint is being written.')
    engine.call('runs.pause', { run }).catch(watcher.fail)
  }
  const restore = session.catchInterrupt(() => {
    interrupted = true
    pause()
  })
  try {
    const started = await start(engine)
    watcher.begin(started)
    if (interrupted) pause()
    const run = await watcher.ended
    return conclude(run)
  } finally {
    restore()
    unsubscribe()
    session.output.endProgress()
  }
}

interface Watcher {
  readonly ended: Promise<Run>
  begin(run: Run): void
  take(message: EventMessage): void
  fail(error: Error): void
  reference(): string | null
}

/** Picks the events of one run and tells them; events that come before its id is known wait. */
function watch({ output }: Session): Watcher {
  let id: string | null = null
  let early: EventMessage[] = []
  let loss: number | null = null
  let settle: (run: Run) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const ended = new Promise<Run>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  ended.catch(() => undefined)

  const take = (message: EventMessage): void => {
    if (id === null) {
      early.push(message)
      return
    }
    if (runOf(message) !== id) return
    output.event(message.event, message.payload)
    switch (message.event) {
      case 'run.progress':
        output.progress(describeProgress(message.payload.progress, loss))
        break
      case 'run.metrics':
        loss = lastLoss(message.payload.series) ?? loss
        break
      case 'run.log':
        output.lines(...message.payload.lines.map(describeLine))
        break
      case 'run.changed':
        if (hasEnded(message.payload.run)) settle(message.payload.run)
        break
      default:
        break
    }
  }
  return {
    ended,
    begin: (run) => {
      id = run.id
      for (const message of early) take(message)
      early = []
    },
    take,
    fail: (error) => fail(error),
    reference: () => id,
  }
}

function runOf({ event, payload }: EventMessage): string | null {
  switch (event) {
    case 'run.changed':
      return payload.run.id
    case 'run.progress':
    case 'run.metrics':
    case 'run.log':
    case 'run.examples':
      return payload.run
    default:
      return null
  }
}

const describeLine = ({ level, message }: LogLine): string =>
  level === 'warning' ? `Warning: ${message}` : message

const lastLoss = (
  series: readonly { readonly name: string; readonly value: readonly number[] }[],
): number | null => series.find(({ name }) => name === 'train.loss')?.value.at(-1) ?? null

const ends: readonly Run['state']['kind'][] = [
  'paused',
  'interrupted',
  'stopped',
  'failed',
  'finished',
]

export const hasEnded = (run: Run): boolean => ends.includes(run.state.kind)

/** A paused run has no result yet, whoever paused it: a script must not take it for done. */
export function conclude(run: Run): Run {
  const { state } = run
  if (state.kind === 'failed' || state.kind === 'interrupted') {
    const { code, message, details } = fromErrorPayload(state.error)
    const resume = resumeHelps(run) ? ` Continue with: graftbench runs resume ${run.number}` : ''
    throw new GraftError(code, `Run #${run.number} ${state.kind}: ${message}${resume}`, {
      ...details,
      run: run.id,
      number: run.number,
    })
  }
  if (state.kind === 'paused') throw new Interrupted(describeRun(run))
  return run
}

/** The result object of `train`. */
export const describeRun = (run: Run): Readonly<Record<string, unknown>> => ({
  run: run.id,
  number: run.number,
  name: run.name,
  state: run.state.kind,
  steps: run.steps,
  seconds: run.seconds,
  samplesPerSecond: run.samplesPerSecond,
  metrics: run.metrics,
  best: run.best,
  peakMemoryBytes: run.peakMemoryBytes,
  model: run.modelName,
  dataset: run.datasetName,
})

const engineLost = (run: string | null): GraftError =>
  new GraftError(
    'engine.unavailable',
    `The engine ended during the run. What was recorded is kept${
      run === null ? '.' : `; continue with: graftbench runs resume ${run}`
    }`,
    run === null ? undefined : { run },
  )
