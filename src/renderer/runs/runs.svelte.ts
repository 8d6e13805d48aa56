import type { Project, ProjectId, ProjectSummary, Run, RunId } from '@shared/domain'
import type { Events, InputOf } from '@shared/contract'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client } from '../api'
import { applyChange, applyProgress, withoutRuns } from './runEvents'

/** The runs of one project: read once, then kept by the engine's events. */
export class RunList {
  #client: Client
  #project: ProjectId
  #runs = $state.raw<readonly Run[]>([])
  #archived = $state(false)
  baseline = $state<RunId | null>(null)
  loaded = $state(false)
  /** Why the list could not be read. */
  error = $state.raw<ErrorPayload | null>(null)
  /** Why the last action failed. */
  failure = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client, project: ProjectId) {
    this.#client = client
    this.#project = project
  }

  get all(): readonly Run[] {
    return this.#runs
  }

  get showsArchived(): boolean {
    return this.#archived
  }

  /** Runs that wait, in the order in which they will start. */
  get queue(): readonly Run[] {
    return this.#runs
      .filter((run) => run.state.kind === 'queued')
      .sort((a, b) => queuePosition(a) - queuePosition(b))
  }

  /** Reads the list and follows its events; returns the way out. */
  follow(): () => void {
    const leave = [
      this.#client.on('run.changed', (event) => {
        this.#put(event)
      }),
      this.#client.on('run.progress', ({ run, progress }) => {
        this.#runs = applyProgress(this.#runs, run, progress)
      }),
      this.#client.on('run.deleted', ({ runs }) => {
        this.#runs = withoutRuns(this.#runs, runs)
      }),
      this.#client.on('project.changed', ({ project }) => {
        if (project === this.#project) void this.#readBaseline()
      }),
      this.#client.onReconnect(() => void this.read()),
    ]
    void this.read()
    return () => {
      for (const off of leave) off()
    }
  }

  async read(): Promise<void> {
    try {
      const archived = this.#archived
      const request = { project: this.#project, archived }
      const [runs] = await Promise.all([
        this.#client.call('runs.list', request),
        this.#readBaseline(),
      ])
      if (archived !== this.#archived) return
      this.#runs = runs
      this.error = null
    } catch (error) {
      this.error = toErrorPayload(error)
    }
    this.loaded = true
  }

  showArchived(archived: boolean): void {
    this.#archived = archived
    void this.read()
  }

  async setBaseline(run: RunId | null): Promise<void> {
    await this.#act(async () => {
      await this.#client.call('projects.update', { project: this.#project, baseline: run })
      this.baseline = run
    })
  }

  async archive(runs: readonly Run[], archived: boolean): Promise<void> {
    await this.#act(async () => {
      for (const run of runs) await this.#update({ run: run.id, archived })
    })
  }

  /** Adds tags to runs, or takes them away from those that have them. */
  async tag(runs: readonly Run[], tag: string, present: boolean): Promise<void> {
    await this.#act(async () => {
      for (const run of runs) {
        if (run.tags.includes(tag) === present) continue
        const tags = present ? [...run.tags, tag] : run.tags.filter((each) => each !== tag)
        await this.#update({ run: run.id, tags })
      }
    })
  }

  async remove(runs: readonly Run[]): Promise<void> {
    await this.#act(async () => {
      const ids = runs.map((run) => run.id)
      await this.#client.call('runs.delete', { runs: ids })
      this.#runs = withoutRuns(this.#runs, ids)
    })
  }

  async reorder(runs: readonly RunId[]): Promise<void> {
    await this.#act(async () => {
      const changed = await this.#client.call('runs.reorder', { runs: [...runs] })
      for (const run of changed) this.#put({ run })
    })
  }

  async #update(input: InputOf<'runs.update'>): Promise<void> {
    this.#put({ run: await this.#client.call('runs.update', input) })
  }

  #put({ run }: Events['run.changed']): void {
    if (run.project !== this.#project) return
    this.#runs = applyChange(this.#runs, run, this.#archived)
  }

  async #readBaseline(): Promise<void> {
    const project: Project & Pick<ProjectSummary, 'baseline'> = await this.#client.call(
      'projects.get',
      { project: this.#project },
    )
    this.baseline = project.baseline
  }

  async #act(action: () => Promise<void>): Promise<void> {
    this.failure = null
    try {
      await action()
    } catch (error) {
      this.failure = toErrorPayload(error)
    }
  }
}

const queuePosition = (run: Run): number => (run.state.kind === 'queued' ? run.state.position : 0)
