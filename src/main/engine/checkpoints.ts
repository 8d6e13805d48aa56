import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '@shared/domain'
import { exists } from '../platform/files'
import { runFolder } from './run-folder'
import type { Workspace } from './workspace'

/** The names under which the trainer keeps what it resumes from, newest first. */
const resumable = ['last.next', 'last', 'previous'] as const

/** Whether a run can go on from where it was: a complete checkpoint lies in its folder. */
export async function hasCheckpoint(workspace: Workspace, run: Run): Promise<boolean> {
  const folder = join(runFolder(workspace, run.id), 'checkpoints')
  for (const name of resumable) {
    if (await exists(join(folder, name, 'state.json'))) return true
  }
  return false
}

/** Removes every weight of a run that has ended; its results stay. */
export const removeCheckpoints = (workspace: Workspace, run: Run): Promise<void> =>
  rm(join(runFolder(workspace, run.id), 'checkpoints'), { recursive: true, force: true })

/** Folder of the best weights, which loads as a model. */
export const bestCheckpoint = (workspace: Workspace, run: Run): string =>
  join(runFolder(workspace, run.id), 'checkpoints', 'best')

/** Whether a run can predict: its best weights are there. */
export const hasBest = (workspace: Workspace, run: Run): Promise<boolean> =>
  exists(join(bestCheckpoint(workspace, run), 'model.safetensors'))
