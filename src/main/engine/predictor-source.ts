import { resolve } from 'node:path'
import type { PredictorRef } from '@shared/domain'
import { GraftError } from '@shared/errors'
import type { PredictorSource } from '@shared/trainer'
import { hasBest } from './checkpoints'
import type { Context } from './context'
import { requireModel, requireRun } from './references'
import { modelFolder, runFolder } from './run-folder'

export interface LocatedPredictor {
  readonly source: PredictorSource
  /** Changes when the weights behind the source change. */
  readonly version: string
}

/** Finds what answers. Throws notFound, run.noCheckpoint, model.configInvalid. */
export async function locatePredictor(
  context: Context,
  predictor: PredictorRef,
): Promise<LocatedPredictor> {
  const { db, workspace } = context
  switch (predictor.kind) {
    case 'run': {
      const run = requireRun(db, predictor.run)
      if (!(await hasBest(workspace, run))) {
        throw new GraftError(
          'run.noCheckpoint',
          `Run #${run.number} has no trained weights yet: it has not reached its first evaluation.`,
          { run: run.id },
        )
      }
      return {
        source: { kind: 'run', runFolder: runFolder(workspace, run.id) },
        version: `${run.best?.step ?? run.steps}`,
      }
    }
    case 'model': {
      const model = requireModel(db, predictor.model)
      if (model.labels.length === 0) {
        throw new GraftError(
          'model.configInvalid',
          `"${model.name}" has no head of its own to predict with. Fine-tune it first.`,
          { model: model.id },
        )
      }
      const folder = modelFolder(workspace, model.hash)
      return {
        source: { kind: 'folder', folder, maxLength: model.maxLength },
        version: model.hash,
      }
    }
    case 'folder': {
      const folder = resolve(predictor.path)
      return {
        source: { kind: 'folder', folder, maxLength: null },
        version: folder,
      }
    }
  }
}
