import { join, relative } from 'node:path'
import type { Run, RunId, TaskKind } from '@shared/domain'
import type { RunManifest } from '@shared/trainer'
import { writeJsonFile } from '../platform/json'
import type { Workspace } from './workspace'

export const runFolder = (workspace: Workspace, run: RunId): string => join(workspace.runs, run)
export const modelFolder = (workspace: Workspace, hash: string): string =>
  join(workspace.models, hash)
export const datasetFolder = (workspace: Workspace, hash: string): string =>
  join(workspace.datasets, hash)
export const packFolder = (workspace: Workspace, hash: string): string =>
  join(workspace.packs, hash)
export const journalFile = (workspace: Workspace, run: RunId): string =>
  join(runFolder(workspace, run), 'events.ndjson')

/** Everything a trainer needs to know, with paths relative to the run folder. */
export async function writeManifest(
  workspace: Workspace,
  run: Run,
  task: TaskKind,
  version: string,
): Promise<void> {
  const folder = runFolder(workspace, run.id)
  const fromFolder = (path: string): string => relative(folder, path).replaceAll('\\', '/')
  const manifest: RunManifest = {
    version: 1,
    runId: run.id,
    recipe: run.recipe,
    task,
    labels: run.labels,
    modelFolder: fromFolder(modelFolder(workspace, run.modelHash)),
    modelHash: run.modelHash,
    datasetFolder: fromFolder(datasetFolder(workspace, run.datasetHash)),
    datasetHash: run.datasetHash,
    cacheFolder: fromFolder(workspace.cache),
    packFolder: run.packHash === null ? null : fromFolder(packFolder(workspace, run.packHash)),
    packHash: run.packHash,
    graftbench: version,
  }
  await writeJsonFile(join(folder, 'run.json'), manifest)
}
