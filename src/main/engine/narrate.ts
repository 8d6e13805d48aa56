import type { LogLine } from '@shared/domain'
import type { RunEvent } from '@shared/trainer'
import { counted } from '../platform/counted'

type Narrated = Omit<LogLine, 'seq'>

/** What the log of a run says of an event; null for events that speak for themselves. */
export function narrate(event: RunEvent, time: number): Narrated | null {
  const info = (message: string): Narrated => ({ time, level: 'info', message })
  switch (event.type) {
    case 'started': {
      const { machine, fromStep, trainable, precision } = event
      const from = fromStep === 0 ? 'Started' : `Continued at step ${fromStep}`
      const parameters = trainable.toLocaleString('en')
      return info(
        `${from} on ${machine.cpu}: ${parameters} parameters are trained in ${precision}.`,
      )
    }
    case 'evaluated': {
      const overall = Object.entries(event.metrics).filter(([name]) => name.split('.').length <= 2)
      const list = overall.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(', ')
      return info(`Step ${event.step}: ${list}${event.best ? ' (best so far)' : ''}.`)
    }
    case 'ended':
      return narrateEnd(event.outcome, info)
    case 'log':
      return event.line
    case 'metrics':
    case 'examples':
    case 'checkpoint':
      return null
  }
}

function narrateEnd(
  outcome: Extract<RunEvent, { type: 'ended' }>['outcome'],
  info: (message: string) => Narrated,
): Narrated | null {
  switch (outcome.kind) {
    case 'finished':
      return info(
        `Finished after ${counted(outcome.summary.steps, 'step')}${outcome.earlyStopped ? ', stopped early: no more improvement' : ''}.`,
      )
    case 'stopped':
    case 'paused':
      return info(
        outcome.kind === 'paused' && outcome.summary.steps === 0
          ? 'Paused before its first step: ways that were tried are tried again when it goes on.'
          : `${outcome.kind === 'paused' ? 'Paused' : 'Stopped'} after ${counted(outcome.summary.steps, 'step')}.`,
      )
    case 'failed':
      return null
  }
}
