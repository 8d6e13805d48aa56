import { createAblations } from './ablations'
import type { Context } from './context'
import { datasetHandlers } from './datasets'
import { exportHandlers } from './exports'
import type { Handlers } from './handlers'
import { createJobs } from './jobs'
import { modelHandlers } from './models'
import { packHandlers } from './packs'
import { predictionHandlers } from './predictions'
import type { PredictorOptions } from './predictors'
import { createPredictors } from './predictors'
import { projectHandlers } from './projects'
import type { QueueOptions } from './queue'
import { createQueue } from './queue'
import { recipeHandlers } from './recipes'
import type { RecoveryOptions } from './recovery'
import { recover } from './recovery'
import { runFolder } from './run-folder'
import { createRunRemover } from './run-removal'
import { runHandlers } from './runs'
import { starterHandlers } from './starter'
import { systemHandlers } from './system'

export interface ServiceOptions {
  readonly queue: QueueOptions
  readonly predictors: PredictorOptions
  readonly recovery: RecoveryOptions
}

export interface Services {
  readonly handlers: Handlers
  /** Resolves when what an engine before left behind is put right and the queue moves. */
  readonly recovered: Promise<void>
  close(): Promise<void>
}

/** Puts the engine's domains together. */
export function createServices(context: Context, options: ServiceOptions): Services {
  const queue = createQueue(context, options.queue)
  const jobs = createJobs(context)
  const predictors = createPredictors(context, options.predictors)
  const remover = createRunRemover(context, (run) =>
    predictors.release(runFolder(context.workspace, run.id)),
  )
  const ablations = createAblations(context, queue, remover)
  const recovered = recover(context, options.recovery).then(() => {
    ablations.recover()
    queue.advance()
  })
  return {
    handlers: {
      ...systemHandlers(context),
      ...projectHandlers(context, remover),
      ...starterHandlers(context, jobs),
      ...modelHandlers(context, jobs, predictors),
      ...datasetHandlers(context, jobs),
      ...packHandlers(context, jobs),
      ...ablations.handlers,
      ...recipeHandlers(context),
      ...runHandlers(context, queue, remover),
      ...predictionHandlers(context, jobs, predictors),
      ...exportHandlers(context, jobs, predictors),
      ...jobs.handlers,
    },
    recovered,
    close: async () => {
      await recovered.catch(() => undefined)
      await jobs.close()
      await Promise.all([queue.close(), predictors.close()])
      ablations.close()
    },
  }
}
