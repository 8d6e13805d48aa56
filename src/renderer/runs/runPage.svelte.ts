import type { ProcedureName, RunDetail } from '@shared/contract'
import type { ExamplePrediction, LogLine, Run, RunId, RunProgress } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { RunSeries } from '../charts/runSeries.svelte'
import { withExamples, withLines } from './liveRecord'

type Order = Extract<ProcedureName, 'runs.pause' | 'runs.stop' | 'runs.resume'>

/** One run as its page shows it: a snapshot first, then what the run tells. */
export class RunPage {
  #client: Client
  #reference: string
  #detail = $state.raw<RunDetail | null>(null)
  #progress = $state.raw<RunProgress | null>(null)
  #reload: ReturnType<typeof setTimeout> | undefined
  #lines = $state.raw<readonly LogLine[]>([])
  #examples = $state.raw<readonly ExamplePrediction[]>([])
  readonly series: RunSeries
  baseline = $state.raw<Run | null>(null)
  error = $state.raw<ErrorPayload | null>(null)
  failure = $state.raw<ErrorPayload | null>(null)
  busy = $state(false)

  constructor(client: Client, reference: string) {
    this.#client = client
    this.#reference = reference
    this.series = new RunSeries((names, steps) =>
      client.call('runs.series', {
        run: reference,
        names: [...names],
        ...(steps === null ? {} : { fromStep: steps[0], toStep: steps[1], points: 20_000 }),
      }),
    )
  }

  get detail(): RunDetail | null {
    return this.#detail
  }

  get run(): Run | null {
    const run = this.#detail?.run
    if (run === undefined) return null
    return this.#progress === null ? run : { ...run, progress: this.#progress }
  }

  get log(): readonly LogLine[] {
    return this.#lines
  }

  /** Watched rows and what the run says of them, the newest answer of each. */
  get examples(): readonly ExamplePrediction[] {
    return this.#examples
  }

  /** Reads the run and follows it; returns the way out. */
  follow(): () => void {
    const mine = (id: RunId): boolean => this.#detail?.run.id === id
    const leave = [
      this.#client.on('run.changed', ({ run }) => {
        if (mine(run.id)) this.#take(run)
      }),
      this.#client.on('run.progress', ({ run, progress }) => {
        if (mine(run)) this.#progress = progress
      }),
      this.#client.on('run.metrics', ({ run, series }) => {
        if (mine(run)) this.series.append(series)
      }),
      this.#client.on('run.log', ({ run, lines }) => {
        if (mine(run)) this.#lines = withLines(this.#lines, lines)
      }),
      this.#client.on('run.examples', ({ run, rows }) => {
        if (mine(run)) this.#examples = withExamples(this.#examples, rows)
      }),
      this.#client.onReconnect(() => void this.read()),
    ]
    void this.read()
    return () => {
      clearTimeout(this.#reload)
      for (const off of leave) off()
    }
  }

  /** Reads everything anew. */
  async read(): Promise<void> {
    const detail = await this.#readDetail()
    if (detail === null) return
    const [lines] = await Promise.all([
      this.#client.call('runs.log', { run: detail.run.id, limit: 10_000 }),
      this.series.read(detail.seriesNames),
      this.#readBaseline(detail.run),
    ])
    this.#lines = withLines(lines, this.#lines)
  }

  order(order: Order): Promise<void> {
    return this.#act(async (run) => {
      this.#take(await this.#client.call(order, { run }))
    })
  }

  extend(epochs: number): Promise<void> {
    return this.#act(async (run) => {
      this.#take(await this.#client.call('runs.extend', { run, epochs }))
    })
  }

  update(fields: {
    readonly name?: string
    readonly note?: string
    readonly tags?: string[]
    readonly archived?: boolean
  }): Promise<void> {
    return this.#act(async (run) => {
      this.#take(await this.#client.call('runs.update', { run, ...fields }))
    })
  }

  makeBaseline(present: boolean): Promise<void> {
    return this.#act(async (id) => {
      const run = this.run
      if (run === null) return
      const baseline = present ? id : null
      await this.#client.call('projects.update', { project: run.project, baseline })
      this.baseline = present ? run : null
    })
  }

  /** Whether the run is gone. */
  async remove(): Promise<boolean> {
    await this.#act(async (run) => {
      await this.#client.call('runs.delete', { runs: [run] })
    })
    return this.failure === null
  }

  async #readDetail(): Promise<RunDetail | null> {
    try {
      const detail = await this.#client.call('runs.get', { run: this.#reference })
      this.#detail = detail
      this.#progress = null
      this.#examples = withExamples(detail.examples, this.#examples)
      this.error = null
      return detail
    } catch (error) {
      this.error = toErrorPayload(error)
      return null
    }
  }

  async #readBaseline(run: Run): Promise<void> {
    const { baseline } = await this.#client.call('projects.get', { project: run.project })
    if (baseline === null) this.baseline = null
    else if (baseline === run.id) this.baseline = run
    else this.baseline = (await this.#client.call('runs.get', { run: baseline })).run
  }

  /** A changed run is shown at once; what hangs on it is read again when the burst is over. */
  #take(run: Run): void {
    const detail = this.#detail
    if (detail === null) return
    this.#detail = { ...detail, run }
    if (run.state.kind !== 'running') this.#progress = null
    clearTimeout(this.#reload)
    this.#reload = setTimeout(() => {
      void this.#readDetail().then((read) => {
        const missing = read?.seriesNames.some((name) => !this.series.names.includes(name)) ?? false
        if (read !== null && missing) return this.series.read(read.seriesNames)
        return undefined
      })
    }, 400)
  }

  async #act(action: (run: RunId) => Promise<void>): Promise<void> {
    const id = this.#detail?.run.id
    if (id === undefined) return
    this.busy = true
    this.failure = null
    try {
      await action(id)
    } catch (error) {
      this.failure = toErrorPayload(error)
    }
    this.busy = false
  }
}
