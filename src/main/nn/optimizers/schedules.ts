/**
 * Learning-rate schedules as pure functions of the step. All but one-cycle equal the functions of
 * transformers.optimization (get_*_schedule_with_warmup); one-cycle equals torch's OneCycleLR with
 * its defaults.
 */
export type ScheduleName =
  'constant' | 'linear' | 'cosine' | 'one-cycle' | 'inverse-sqrt' | 'polynomial'

export interface ScheduleOptions {
  readonly name: ScheduleName
  /** Steps of warm-up when 1 or more, otherwise the share of all steps. */
  readonly warmup: number
  readonly totalSteps: number
  /** Polynomial: exponent of the fall (1). */
  readonly power?: number
  /** Polynomial: the rate at the end, as a share of the peak (0). */
  readonly endShare?: number
}

/** Factor on the peak rate, by step; the first step is 0. */
export type Schedule = (step: number) => number

/** Whole steps of warm-up: a share is rounded up, as transformers' `warmup_ratio` is. */
export function warmupSteps(warmup: number, totalSteps: number): number {
  return warmup >= 1 ? Math.round(warmup) : Math.ceil(warmup * totalSteps)
}

export function createSchedule(options: ScheduleOptions): Schedule {
  const { totalSteps } = options
  const warm = warmupSteps(options.warmup, totalSteps)
  const fall = Math.max(1, totalSteps - warm)
  const after = (falling: (progress: number, step: number) => number): Schedule => {
    return (step) =>
      step < warm ? step / Math.max(1, warm) : falling(Math.min(1, (step - warm) / fall), step)
  }
  switch (options.name) {
    case 'constant':
      return after(() => 1)
    case 'linear':
      return after((progress) => 1 - progress)
    case 'cosine':
      return after((progress) => 0.5 * (1 + Math.cos(Math.PI * progress)))
    case 'polynomial': {
      const { power = 1, endShare = 0 } = options
      return after((progress) => (1 - endShare) * (1 - progress) ** power + endShare)
    }
    case 'inverse-sqrt': {
      const timescale = warm > 0 ? warm : 10_000
      return after((_, step) => 1 / Math.sqrt((step + timescale - warm) / timescale))
    }
    case 'one-cycle':
      return oneCycle(warm > 0 ? warm : 0.3 * totalSteps, totalSteps)
  }
}

/** Smith & Topin 2018: from 1/25 of the peak up to it, then down to 1/250,000, along cosines. */
function oneCycle(rising: number, totalSteps: number): Schedule {
  const start = 1 / 25
  const end = start / 1e4
  const peak = rising - 1
  const last = totalSteps - 1
  const between = (from: number, to: number, share: number): number =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, share))))
  return (step) =>
    step <= peak
      ? between(start, 1, peak > 0 ? step / peak : 1)
      : between(1, end, (step - peak) / Math.max(1e-12, last - peak))
}
