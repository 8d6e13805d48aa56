import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Artifact, ArtifactId, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { exists } from '../platform/files'
import { insertArtifact, listArtifacts, listArtifactsOfRun, transaction } from '../store'
import { hasBest } from './checkpoints'
import type { Context } from './context'
import { writeExport } from './export-folder'
import type { HandlersOf } from './handlers'
import { newId } from './ids'
import type { JobControl, Jobs } from './jobs'
import type { Predictors } from './predictors'
import { requireRun } from './references'

export function exportHandlers(
  context: Context,
  jobs: Jobs,
  predictors: Predictors,
): HandlersOf<'exports'> {
  const { db } = context
  return {
    'exports.create': async ({ run: reference, output, overwrite }) => {
      const run = requireRun(db, reference)
      const target = resolve(output)
      await requireExportable(context, run)
      await requireTarget(target, overwrite)
      return jobs.start({
        kind: 'export',
        title: `Run #${run.number} to ${basename(target)}`,
        project: run.project,
        work: (control) => exportRun(context, predictors, run, target, control),
      })
    },
    'exports.list': ({ run }) =>
      run === undefined ? listArtifacts(db) : listArtifactsOfRun(db, requireRun(db, run).id),
  }
}

async function requireExportable({ workspace }: Context, run: Run): Promise<void> {
  if (!(await hasBest(workspace, run))) {
    throw new GraftError(
      'run.noCheckpoint',
      `Run #${run.number} has no trained weights to export: it has not reached its first evaluation.`,
      { run: run.id },
    )
  }
}

/** A free folder, or with `overwrite` one that is itself a model: nothing else is ever removed. */
async function requireTarget(target: string, overwrite: boolean): Promise<void> {
  if (!(await exists(target))) return
  if (overwrite && (await exists(join(target, 'config.json')))) return
  const found = await stat(target)
  if (found.isDirectory() && (await readdir(target)).length === 0) return
  throw new GraftError(
    'export.exists',
    overwrite
      ? `${target} is no exported model, so it is not overwritten. Choose another folder.`
      : `${target} exists already and is not empty. Choose another folder.`,
    { path: target },
  )
}

async function exportRun(
  context: Context,
  predictors: Predictors,
  run: Run,
  target: string,
  control: JobControl,
): Promise<Artifact> {
  const replaces = await exists(join(target, 'config.json'))
  const folder = replaces ? join(dirname(target), `.${basename(target)}.new`) : target
  if (replaces) await rm(folder, { recursive: true, force: true })
  const check = await writeExport(context, predictors, run, folder, control)
  if (replaces) {
    await predictors.release(target)
    await rm(target, { recursive: true, force: true })
    await rename(folder, target)
  }
  const artifact: Artifact = {
    id: newId<ArtifactId>('artifact'),
    run: run.id,
    format: 'hf',
    path: target,
    bytes: check.files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: check.files,
    largestDifference: check.largestDifference,
    rowsChecked: check.rows,
    notes: check.notes,
    createdAt: context.now(),
  }
  transaction(context.db, () => insertArtifact(context.db, artifact))
  context.events.publish('run.changed', { run: requireRun(context.db, run.id) })
  return artifact
}
