import { basename } from 'node:path'
import type { PredictorRef } from '@shared/domain'
import type { Context } from './context'
import type { HandlersOf } from './handlers'
import type { Jobs } from './jobs'
import { predictFile } from './prediction-file'
import { locatePredictor } from './predictor-source'
import type { Predictors } from './predictors'

export function predictionHandlers(
  context: Context,
  jobs: Jobs,
  predictors: Predictors,
): HandlersOf<'predictions'> {
  const locate = (predictor: PredictorRef) => locatePredictor(context, predictor)
  return {
    'predictions.predict': async ({ predictor, inputs }) => {
      const { source, version } = await locate(predictor)
      return predictors.predict(source, version, inputs)
    },
    'predictions.file': async ({ predictor, input, output, text, pair, overwrite }) => {
      const { source, version } = await locate(predictor)
      return jobs.start({
        kind: 'prediction',
        title: basename(input),
        work: (control) => {
          control.report({ label: 'Loading the model', done: 0, total: null, unit: 'rows' })
          const predict = (inputs: Parameters<Predictors['predict']>[2]) =>
            predictors.predict(source, version, inputs)
          return predictFile({ input, output, text, pair, overwrite, predict }, control)
        },
      })
    },
  }
}
