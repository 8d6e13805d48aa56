import type { AblationCell, Run } from '@shared/domain'
import { meanOf } from './numbers'

export interface Pace {
  /** Runs a minute, of those that have ended; null before the first. */
  readonly perMinute: number | null
  readonly remainingSeconds: number | null
}

const ended = new Set(['finished', 'failed'])

/**
 * How fast the cells go and how long the missing ones take: as long as those of their arm with as many
 * labels that have ended, for an arm may find in the cache what another trained; else as those with
 * as many labels, else as the mean of all. Between two runs the usual gap passes.
 */
export function paceOf(cells: readonly AblationCell[], runs: readonly Run[]): Pace {
  const spans = new Map(
    runs.flatMap(({ id, startedAt, endedAt }) =>
      startedAt === null || endedAt === null ? [] : [[id, (endedAt - startedAt) / 1000] as const],
    ),
  )
  const gap = usualGap(runs)
  const timed = cells.flatMap(({ run, arm, labels, state }) => {
    const seconds = spans.get(run)
    return seconds === undefined || !ended.has(state)
      ? []
      : [{ arm, labels, seconds: seconds + gap }]
  })
  const overall = meanOf(timed.map(({ seconds }) => seconds))
  if (overall === null) return { perMinute: null, remainingSeconds: null }
  const missing = cells.filter(({ state }) => !ended.has(state))
  const expected = missing.map(({ arm, labels }) => {
    const alike = timed.filter((each) => each.labels === labels)
    const same = alike.filter((each) => each.arm === arm)
    return meanOf((same.length > 0 ? same : alike).map(({ seconds }) => seconds)) ?? overall
  })
  return {
    perMinute: overall === 0 ? null : 60 / overall,
    remainingSeconds:
      expected.length === 0 ? null : expected.reduce((sum, seconds) => sum + seconds, 0),
  }
}

/** The median time from the end of a run to the start of the next: a stop in between is no gap. */
function usualGap(runs: readonly Run[]): number {
  const spans = runs
    .flatMap(({ startedAt, endedAt }) =>
      startedAt === null || endedAt === null ? [] : [{ startedAt, endedAt }],
    )
    .sort((a, b) => a.startedAt - b.startedAt)
  const gaps = spans
    .slice(1)
    .map(({ startedAt }, index) => (startedAt - (spans[index]?.endedAt ?? startedAt)) / 1000)
    .filter((gap) => gap >= 0)
    .sort((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)] ?? 0
}
