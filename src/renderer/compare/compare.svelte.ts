import type { Comparison, Run, RunId } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { RunSeries } from '../charts/runSeries.svelte'
import type { Choice } from './choice'
import { curveStore, keepCurves, type CurveStore } from './curveStore'

/** Some runs side by side, kept up to date while they train. */
export class RunComparison {
  #client: Client
  #choice: Choice = { runs: [], baseline: null }
  #comparison = $state.raw<Comparison | null>(null)
  #curves = $state.raw<CurveStore>(curveStore())
  #names: readonly string[] = []
  #reload: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  get value(): Comparison | null {
    return this.#comparison
  }

  get runs(): readonly Run[] {
    return this.#comparison?.runs ?? []
  }

  curvesOf(run: RunId): RunSeries | undefined {
    return this.#curves.get(run)
  }

  /** Takes other runs or another baseline; curves that were read stay. */
  choose(choice: Choice): void {
    this.#choice = choice
    void this.read()
  }

  /** Follows the runs that are at work; returns the way out. */
  follow(): () => void {
    const leave = [
      this.#client.on('run.changed', ({ run }) => {
        if (this.#has(run.id)) this.#soon()
      }),
      this.#client.on('run.metrics', ({ run, series }) => {
        this.#curves.get(run)?.append(series.filter(({ name }) => this.#names.includes(name)))
      }),
      this.#client.on('run.deleted', ({ runs }) => {
        if (!runs.some((run) => this.#has(run))) return
        this.choose({
          runs: this.#choice.runs.filter((run) => !runs.some((gone) => gone === run)),
          baseline: null,
        })
      }),
      this.#client.onReconnect(() => this.#soon()),
    ]
    return () => {
      clearTimeout(this.#reload)
      for (const off of leave) off()
    }
  }

  async read(): Promise<void> {
    const asked = ++this.#asked
    const { runs, baseline } = this.#choice
    if (runs.length === 0) {
      this.#comparison = null
      this.error = null
      return
    }
    try {
      const comparison = await this.#client.call('runs.compare', {
        runs: [...runs],
        ...(baseline === null ? {} : { baseline }),
      })
      if (asked !== this.#asked) return
      this.#comparison = comparison
      this.error = null
      await this.#readCurves(comparison)
    } catch (error) {
      if (asked === this.#asked) this.error = toErrorPayload(error)
    }
  }

  /** Names of the curves to draw; they are read of every run that has not got them yet. */
  show(names: readonly string[]): void {
    if (names.length === this.#names.length && names.every((name) => this.#names.includes(name)))
      return
    this.#names = names
    if (this.#comparison !== null) void this.#readCurves(this.#comparison)
  }

  async #readCurves(comparison: Comparison): Promise<void> {
    const ids = comparison.runs.map((run) => run.id)
    this.#curves = keepCurves(this.#curves, ids, (run) => this.#curvesFor(run, ids.length))
    const missing = [...this.#curves.values()].filter((series) =>
      this.#names.some((name) => !series.names.includes(name)),
    )
    for (const series of missing) await series.read(this.#names)
  }

  #curvesFor(run: RunId, runs: number): RunSeries {
    const points = runs > 20 ? 300 : 2000
    return new RunSeries((names, steps) =>
      this.#client.call('runs.series', {
        run,
        names: [...names],
        ...(steps === null ? { points } : { fromStep: steps[0], toStep: steps[1], points: 20_000 }),
      }),
    )
  }

  #has(run: RunId): boolean {
    return this.runs.some((each) => each.id === run)
  }

  #soon(): void {
    clearTimeout(this.#reload)
    this.#reload = setTimeout(() => void this.read(), 400)
  }
}
