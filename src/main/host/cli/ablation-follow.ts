import type { Ablation, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import type { EngineClient } from '../../platform/engine-client'
import { Interrupted } from './exit'
import { formatCount, formatSeconds } from './format'
import type { Session } from './session'

/**
 * Starts or continues an ablation and follows it until nothing of it runs. Ctrl-C stops it so that
 * it can be resumed. Gives the ablation as it ended; throws Interrupted for a stopped one.
 */
export async function followAblation(
  session: Session,
  start: (engine: EngineClient) => Promise<Ablation>,
): Promise<Ablation> {
  const { output } = session
  const engine = await session.engine()
  const watcher = watch(session)
  const unsubscribe = [
    engine.on('ablation.changed', ({ ablation }) => watcher.take(ablation)),
    engine.on('run.changed', ({ run }) => watcher.takeRun(run)),
  ]
  engine.onClose(() => watcher.fail(engineLost(watcher.number())))
  let interrupted = false
  const stop = (): void => {
    const number = watcher.number()
    if (number === null) return
    output.lines('Stopping the ablation; the run that goes is being paused.')
    engine.call('ablations.stop', { ablation: String(number) }).catch(watcher.fail)
  }
  const restore = session.catchInterrupt(() => {
    interrupted = true
    stop()
  })
  try {
    watcher.begin(await start(engine))
    if (interrupted) stop()
    return conclude(session, await watcher.ended)
  } finally {
    restore()
    for (const leave of unsubscribe) leave()
    output.endProgress()
  }
}

interface Watcher {
  readonly ended: Promise<Ablation>
  begin(ablation: Ablation): void
  take(ablation: Ablation): void
  takeRun(run: Run): void
  fail(error: Error): void
  number(): number | null
}

/** Picks the events of one ablation; those that come before it is known are told at its begin. */
function watch({ output }: Session): Watcher {
  let begun: { readonly ablation: Ablation; readonly at: number } | null = null
  const seen = new Map<string, Ablation>()
  const told = new Set<string>()
  let settle: (ablation: Ablation) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const ended = new Promise<Ablation>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  // Where the start itself fails, nobody waits for the end any more.
  ended.catch(() => undefined)

  const take = (ablation: Ablation): void => {
    seen.set(ablation.id, ablation)
    if (begun?.ablation.id !== ablation.id) return
    output.event('ablation.changed', { ablation })
    if (ablation.state === 'running') {
      output.progress(describeProgress(ablation, begun.ablation.done, Date.now() - begun.at))
    } else settle(ablation)
  }
  return {
    ended,
    begin: (ablation) => {
      begun = { ablation, at: Date.now() }
      take(seen.get(ablation.id) ?? ablation)
    },
    take,
    takeRun: (run) => {
      const { kind } = run.state
      if (begun === null || run.ablation !== begun.ablation.id || told.has(run.id)) return
      if (kind !== 'failed' && kind !== 'interrupted') return
      told.add(run.id)
      output.event('run.changed', { run })
      output.lines(`Run #${run.number} ${run.name} ${kind}: ${run.state.error.message}`)
    },
    fail: (error) => fail(error),
    number: () => begun?.ablation.number ?? null,
  }
}

/** A stopped ablation has no result yet, whoever stopped it: a script must not take it for done. */
function conclude({ output }: Session, ablation: Ablation): Ablation {
  const { id, number, state, done, total } = ablation
  if (state !== 'stopped') return ablation
  output.lines(
    `Ablation #${number} is stopped at ${done} of ${total} runs. Continue with: graftbench ablations resume ${number}`,
  )
  throw new Interrupted({ ablation: id, state, done, total, resume: String(number) })
}

/** One line: runs done, rate and time left, from what was done since somebody looks. */
export function describeProgress(
  { done, total }: Pick<Ablation, 'done' | 'total'>,
  doneBefore: number,
  milliseconds: number,
): string {
  const amount = `${formatCount(done)}/${formatCount(total)} runs`
  const perSecond = ((done - doneBefore) / milliseconds) * 1000
  if (!(perSecond > 0)) return amount
  const left = formatSeconds((total - done) / perSecond)
  return `${amount}  ${(perSecond * 60).toFixed(1)} runs/min  ${left} left`
}

const engineLost = (number: number | null): GraftError =>
  new GraftError(
    'engine.unavailable',
    `The engine ended during the ablation. What was recorded is kept${
      number === null ? '.' : `; continue with: graftbench ablations resume ${number}`
    }`,
    number === null ? undefined : { ablation: number },
  )
