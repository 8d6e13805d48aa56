import type { Job, JobId } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client, Jobs } from '../api'

/** Exports one run; the work goes on when the page is left, and is found again on return. */
export class RunExport {
  #client: Client
  #jobs: Jobs
  #run: string
  #job = $state.raw<JobId | null>(null)
  error = $state.raw<ErrorPayload | null>(null)
  /** Rises with each export that ended well: what lists exports reads again. */
  finished = $state(0)

  constructor(client: Client, jobs: Jobs, run: string) {
    this.#client = client
    this.#jobs = jobs
    this.#run = run
  }

  /** The export at work, with its progress. */
  get job(): Job | null {
    const job = this.#job === null ? undefined : this.#jobs.find(this.#job)
    return job?.state.kind === 'running' ? job : null
  }

  async start(output: string, overwrite: boolean): Promise<void> {
    this.error = null
    try {
      const job = await this.#client.call('exports.create', {
        run: this.#run,
        format: 'hf',
        output,
        overwrite,
      })
      this.#job = job.id
      await this.#jobs.result(job)
      this.finished += 1
    } catch (error) {
      const payload = toErrorPayload(error)
      if (payload.code !== 'cancelled') this.error = payload
    }
  }

  async cancel(): Promise<void> {
    const job = this.job
    if (job !== null) await this.#jobs.cancel(job.id)
  }
}
