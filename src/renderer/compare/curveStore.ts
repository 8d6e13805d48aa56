import type { RunId } from '@shared/domain'
import type { RunSeries } from '../charts/runSeries.svelte'

/** The curves that were read, by run. */
export type CurveStore = ReadonlyMap<RunId, RunSeries>

export const curveStore = (): CurveStore => new Map()

/** The store for these runs: what is known stays, what is new is made, the rest goes. */
export const keepCurves = (
  known: CurveStore,
  runs: readonly RunId[],
  make: (run: RunId) => RunSeries,
): CurveStore => new Map(runs.map((run) => [run, known.get(run) ?? make(run)]))
