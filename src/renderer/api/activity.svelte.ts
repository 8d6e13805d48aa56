import type { Run, RunId, RunStateKind } from '@shared/domain'
import type { Client } from './client'

const active: readonly RunStateKind[] = ['queued', 'starting', 'running', 'stopping']

export const isActive = (run: Run): boolean => active.includes(run.state.kind)

/** Runs that wait or work, of all projects: what the top bar tells of. */
export class Activity {
  #client: Client
  #runs = $state.raw<readonly Run[]>([])

  constructor(client: Client) {
    this.#client = client
    client.on('run.changed', ({ run }) => {
      this.#put(run)
    })
    client.on('run.deleted', ({ runs }) => {
      this.#runs = this.#runs.filter((run) => !runs.includes(run.id))
    })
    client.on('run.progress', ({ run: id, progress }) => {
      this.#runs = this.#runs.map((run) => (run.id === id ? { ...run, progress } : run))
    })
    client.onReconnect(() => void this.#read())
    void this.#read()
  }

  /** In the order of work: running first, then the queue. */
  get runs(): readonly Run[] {
    return this.#runs
  }

  find(id: RunId): Run | undefined {
    return this.#runs.find((run) => run.id === id)
  }

  #put(run: Run): void {
    const others = this.#runs.filter((each) => each.id !== run.id)
    this.#runs = sortActive(isActive(run) ? [...others, run] : others)
  }

  async #read(): Promise<void> {
    const runs = await this.#client.call('runs.list', {}).catch(() => [])
    this.#runs = sortActive(runs.filter(isActive))
  }
}

const place = ({ state }: Run): number => (state.kind === 'queued' ? state.position + 1 : 0)

const sortActive = (runs: readonly Run[]): readonly Run[] =>
  [...runs].sort((a, b) => place(a) - place(b) || a.number - b.number)
