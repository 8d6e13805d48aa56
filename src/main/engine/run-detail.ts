import { join } from 'node:path'
import type { RunDetail } from '@shared/contract'
import {
  fusionSummarySchema,
  settledFile,
  trialSummarySchema,
  type FusionSummary,
  type Run,
  type TrialSummary,
} from '@shared/domain'
import { exists } from '../platform/files'
import { readJsonFile } from '../platform/json'
import {
  listArtifactsOfRun,
  listCheckpoints,
  listConfusions,
  listExamples,
  seriesNames,
} from '../store'
import type { Context } from './context'
import { recipeToYaml } from './recipes'
import { runFolder } from './run-folder'

/** All that the page of a run shows besides its curves and log. */
export async function describeRunDetail({ db, workspace }: Context, run: Run): Promise<RunDetail> {
  const folder = runFolder(workspace, run.id)
  const recorded = listCheckpoints(db, run.id)
  const present = await Promise.all(recorded.map(({ path }) => exists(join(folder, path))))
  return {
    run,
    seriesNames: seriesNames(db, run.id),
    confusions: listConfusions(db, run.id),
    examples: listExamples(db, run.id),
    checkpoints: recorded
      .filter((_, index) => present[index] === true)
      .map(({ path, step, bytes }) => ({ step, bytes, best: path.endsWith('best') })),
    artifacts: listArtifactsOfRun(db, run.id),
    fusion: await readFusion(join(folder, 'fusion.json')),
    trials: await readTrials(join(folder, settledFile)),
    yaml: recipeToYaml(run.recipe),
    command: `graftbench --workspace ${quote(workspace.root)} train ${quote(join(folder, 'recipe.yaml'))}`,
    folder,
  }
}

/** What the trainer wrote down of the run's knowledge; null before that, or without knowledge. */
async function readFusion(path: string): Promise<FusionSummary | null> {
  if (!(await exists(path))) return null
  return readJsonFile(path, fusionSummarySchema, 'file.notReadable')
}

/** What the trainer settled before its first step; null where it had nothing to settle, or not yet. */
async function readTrials(path: string): Promise<TrialSummary | null> {
  if (!(await exists(path))) return null
  return readJsonFile(path, trialSummarySchema, 'file.notReadable')
}

/** As a shell takes it. */
const quote = (text: string): string =>
  /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
