import type { PredictionFile } from '@shared/contract'
import type { Job, JobId } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import type { Client, Jobs } from '../api'
import type { Predictor } from './predictors'

/** Predicts a file of rows; the work goes on when the page is left. */
export class FilePrediction {
  #client: Client
  #jobs: Jobs
  #job = $state.raw<JobId | null>(null)
  result = $state.raw<PredictionFile | null>(null)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client, jobs: Jobs) {
    this.#client = client
    this.#jobs = jobs
  }

  get job(): Job | null {
    const job = this.#job === null ? undefined : this.#jobs.find(this.#job)
    return job?.state.kind === 'running' ? job : null
  }

  async start(predictor: Predictor, input: string, output: string): Promise<void> {
    this.error = null
    this.result = null
    try {
      const job = await this.#client.call('predictions.file', {
        predictor: predictor.reference,
        input,
        output,
        overwrite: true,
      })
      this.#job = job.id
      const result = await this.#jobs.result(job)
      if (isPredictionFile(result)) this.result = result
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

const isPredictionFile = (value: unknown): value is PredictionFile =>
  typeof value === 'object' &&
  value !== null &&
  'path' in value &&
  typeof value.path === 'string' &&
  'rows' in value &&
  typeof value.rows === 'number'
