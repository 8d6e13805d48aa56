import type { Prediction, PredictionInput } from '@shared/domain'
import { fromErrorPayload, GraftError } from '@shared/errors'
import type { PredictorSource, TrainerCommand } from '@shared/trainer'
import { isTrainerMessage } from './attempt'
import { describeCrash } from './attempt-end'
import type { Context } from './context'
import type { TrainerProcess } from './launcher'

export interface Predictors {
  /**
   * Predictions of a model, from a process that stays warm until it is idle. `version` changes
   * when the weights behind the same source did: the old process is replaced.
   */
  predict(
    source: PredictorSource,
    version: string,
    inputs: readonly PredictionInput[],
  ): Promise<readonly Prediction[]>
  /** Ends the process that has a folder open; resolves when it has. */
  release(folder: string): Promise<void>
  close(): Promise<void>
}

export interface PredictorOptions {
  readonly idleMs: number
  /** Processes kept at a time; the one unused for longest goes first. */
  readonly most: number
}

export const defaultPredictorOptions: PredictorOptions = { idleMs: 5 * 60_000, most: 2 }

interface Waiting {
  readonly resolve: (predictions: readonly Prediction[]) => void
  readonly reject: (error: Error) => void
}

interface Warm {
  readonly version: string
  readonly process: Promise<TrainerProcess>
  readonly waiting: Map<number, Waiting>
  readonly ended: Promise<void>
  timer: NodeJS.Timeout | undefined
  lastUsed: number
  failure: Error | null
}

const folderOf = (source: PredictorSource): string =>
  source.kind === 'run' ? source.runFolder : source.folder

/** Keeps models that are being talked to warm, one process a model. */
export function createPredictors(context: Context, options: PredictorOptions): Predictors {
  const warm = new Map<string, Warm>()
  let lastId = 0
  let closed = false

  const start = (source: PredictorSource, version: string): Warm => {
    const folder = folderOf(source)
    const waiting = new Map<number, Waiting>()
    const process = context.launcher.startTrainer()
    const entry: Warm = {
      version,
      process,
      waiting,
      timer: undefined,
      lastUsed: Date.now(),
      failure: null,
      ended: process.then(
        (trainer) =>
          new Promise<void>((resolve) => {
            trainer.onExit((exit) => {
              const crash = describeCrash(exit)
              const error =
                entry.failure ??
                (exit.code === 0
                  ? new GraftError('engine.unavailable', 'The model was closed; ask again.')
                  : new GraftError(
                      crash.code,
                      `The model could not answer. ${crash.message.replace(/ ?,? and resume the run\.| Resume the run to go on\./, '.')}`,
                      crash.details,
                    ))
              for (const call of waiting.values()) call.reject(error)
              waiting.clear()
              if (warm.get(folder) === entry) warm.delete(folder)
              resolve()
            })
          }),
        () => {
          if (warm.get(folder) === entry) warm.delete(folder)
        },
      ),
    }
    void process.then(
      (trainer) => {
        trainer.channel.onMessage((message) => receive(entry, message))
        trainer.channel.send({ type: 'predictor', source } satisfies TrainerCommand)
      },
      () => undefined,
    )
    warm.set(folder, entry)
    return entry
  }

  const receive = (entry: Warm, message: unknown): void => {
    if (!isTrainerMessage(message)) return
    if (message.type === 'fatal') entry.failure = fromErrorPayload(message.error)
    if (message.type === 'predicted') {
      entry.waiting.get(message.id)?.resolve(message.predictions)
      entry.waiting.delete(message.id)
    }
    if (message.type === 'refused') {
      entry.waiting.get(message.id)?.reject(fromErrorPayload(message.error))
      entry.waiting.delete(message.id)
    }
  }

  const end = async (entry: Warm): Promise<void> => {
    clearTimeout(entry.timer)
    await entry.process.then(
      (trainer) => {
        trainer.channel.send({ type: 'exit' } satisfies TrainerCommand)
        const kill = setTimeout(() => trainer.kill('SIGKILL'), 10_000)
        void entry.ended.then(() => clearTimeout(kill))
      },
      () => undefined,
    )
    await entry.ended
  }

  const release = async (folder: string): Promise<void> => {
    const entry = warm.get(folder)
    if (entry === undefined) return
    warm.delete(folder)
    await end(entry)
  }

  const makeRoom = async (): Promise<void> => {
    const idle = [...warm].filter(([, entry]) => entry.waiting.size === 0)
    idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed)
    for (const [folder] of idle.slice(0, Math.max(0, warm.size - options.most + 1))) {
      await release(folder)
    }
  }

  return {
    predict: async (source, version, inputs) => {
      if (closed) throw new GraftError('engine.unavailable', 'Graftbench is closing.')
      const folder = folderOf(source)
      if (warm.get(folder)?.version !== version) {
        await release(folder)
        await makeRoom()
      }
      const entry = warm.get(folder) ?? start(source, version)
      const trainer = await entry.process
      lastId += 1
      const id = lastId
      clearTimeout(entry.timer)
      try {
        return await new Promise<readonly Prediction[]>((resolve, reject) => {
          entry.waiting.set(id, { resolve, reject })
          trainer.channel.send({ type: 'predict', id, inputs } satisfies TrainerCommand)
        })
      } finally {
        entry.lastUsed = Date.now()
        if (entry.waiting.size === 0) {
          clearTimeout(entry.timer)
          entry.timer = setTimeout(() => void release(folder), options.idleMs)
          entry.timer.unref()
        }
      }
    },
    release,
    close: async () => {
      closed = true
      await Promise.all([...warm.keys()].map(release))
    },
  }
}
