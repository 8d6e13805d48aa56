import type { Job, JobId, JobKind } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { fromErrorPayload, GraftError, toErrorPayload } from '@shared/errors'
import type { Client } from './client'

/** Long work of the workspace, newest first; whoever starts a job can wait for its result. */
export class Jobs {
  #client: Client
  #jobs = $state.raw<readonly Job[]>([])
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client) {
    this.#client = client
    client.on('job.changed', ({ job }) => {
      this.put(job)
    })
    client.onReconnect(() => void this.#read())
    void this.#read()
  }

  get all(): readonly Job[] {
    return this.#jobs
  }

  get running(): readonly Job[] {
    return this.#jobs.filter((job) => job.state.kind === 'running')
  }

  runningOf(kind: JobKind): Job | undefined {
    return this.running.find((job) => job.kind === kind)
  }

  find(id: JobId): Job | undefined {
    return this.#jobs.find((job) => job.id === id)
  }

  put(job: Job): void {
    const others = this.#jobs.filter((each) => each.id !== job.id)
    this.#jobs = [job, ...others].sort((a, b) => b.createdAt - a.createdAt)
  }

  async cancel(id: JobId): Promise<void> {
    this.put(await this.#client.call('jobs.cancel', { job: id }))
  }

  /** Resolves with the result of a job that was started; throws its error, or `cancelled`. */
  result(started: Job): Promise<unknown> {
    if (this.find(started.id) === undefined) this.put(started)
    return new Promise((resolve, reject) => {
      const settle = (job: Job): boolean => {
        const { state } = job
        switch (state.kind) {
          case 'running':
            return false
          case 'finished':
            resolve(state.result)
            return true
          case 'failed':
            reject(fromErrorPayload(state.error))
            return true
          case 'cancelled':
          case 'interrupted':
            reject(new GraftError('cancelled', `"${job.title}" was ${state.kind}.`))
            return true
        }
      }
      if (settle(started)) return
      const leave = this.#client.on('job.changed', ({ job }) => {
        if (job.id === started.id && settle(job)) leave()
      })
      // It may have ended between the answer that named it and this moment.
      this.#client.call('jobs.get', { job: started.id }).then((job) => {
        if (settle(job)) leave()
      }, reject)
    })
  }

  async #read(): Promise<void> {
    try {
      this.#jobs = await this.#client.call('jobs.list', {})
      this.error = null
    } catch (error) {
      this.error = toErrorPayload(error)
    }
  }
}
