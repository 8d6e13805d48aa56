import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Artifact, ArtifactId, PredictionInput, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { openWeights, readModelConfig } from '../formats/huggingface'
import { classifierConfig, writeHuggingFaceFolder } from '../formats/huggingface-export'
import type { ExportedFile } from '../formats/huggingface-export'
import { modelCard } from '../formats/modelcard'
import { exists } from '../platform/files'
import {
  findModel,
  insertArtifact,
  listArtifacts,
  listArtifactsOfRun,
  listConfusions,
  transaction,
} from '../store'
import { bestCheckpoint, hasBest } from './checkpoints'
import type { Context } from './context'
import { checkedRows } from './export-rows'
import type { HandlersOf } from './handlers'
import { newId } from './ids'
import type { JobControl, Jobs } from './jobs'
import { throwIfCancelled } from './jobs'
import { locatePredictor } from './predictor-source'
import type { Predictors } from './predictors'
import { recipeToYaml } from './recipes'
import { requireDataset, requireRun } from './references'
import { modelFolder } from './run-folder'

/** Largest difference of a logit between the run and what was exported of it. */
const tolerance = 1e-4

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
  const { pooling } = run.recipe.head
  if (pooling !== 'checkpoint') {
    throw new GraftError(
      'export.unsupported',
      `Run #${run.number} pools by "${pooling}", which transformers has no head for. Train with head.pooling: checkpoint to export.`,
      { run: run.id, pooling },
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
    createdAt: context.now(),
  }
  transaction(context.db, () => insertArtifact(context.db, artifact))
  context.events.publish('run.changed', { run: requireRun(context.db, run.id) })
  return artifact
}

interface CheckedExport {
  readonly files: readonly ExportedFile[]
  readonly largestDifference: number
  readonly rows: number
}

/** Writes the folder and loads it again; it gets its name only when it agrees with the run. */
async function writeExport(
  context: Context,
  predictors: Predictors,
  run: Run,
  folder: string,
  control: JobControl,
): Promise<CheckedExport> {
  const { workspace, db } = context
  const best = bestCheckpoint(workspace, run)
  const dataset = requireDataset(db, run.dataset)
  const inputs = await checkedRows(workspace, run)
  let largestDifference = 0
  control.report({ label: 'Writing the model', done: 0, total: 2, unit: 'steps' })
  const weights = await openWeights(best)
  try {
    const files = await writeHuggingFaceFolder(folder, {
      config: classifierConfig(await readModelConfig(best), dataset.task, run.labels),
      tensors: [...weights.tensors].map(([name, { dtype, shape }]) => ({
        name,
        dtype,
        shape,
        data: async () => (await weights.read(name)).data,
      })),
      tokenizerFolder: modelFolder(workspace, run.modelHash),
      maxLength: run.recipe.data.maxLength,
      card: cardOf(context, run),
      verify: async (written) => {
        throwIfCancelled(control.signal)
        control.report({ label: 'Checking the model', done: 1, total: 2, unit: 'steps' })
        largestDifference = await compare(context, predictors, run, written, inputs)
      },
    })
    return { files, largestDifference, rows: inputs.length }
  } finally {
    await weights.close()
  }
}

/** The largest difference of a logit between run and folder. Throws export.disagrees. */
async function compare(
  context: Context,
  predictors: Predictors,
  run: Run,
  folder: string,
  inputs: readonly PredictionInput[],
): Promise<number> {
  const own = await locatePredictor(context, { kind: 'run', run: run.id })
  const expected = await predictors.predict(own.source, own.version, inputs)
  const exported = { kind: 'folder', folder, maxLength: null } as const
  try {
    const found = await predictors.predict(exported, newId('check'), inputs)
    let largest = 0
    expected.forEach(({ logits }, row) => {
      logits.forEach((logit, index) => {
        const difference = Math.abs(logit - (found[row]?.logits[index] ?? Number.NaN))
        largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference)
      })
    })
    if (largest <= tolerance) return largest
    throw new GraftError(
      'export.disagrees',
      `The exported model differs from run #${run.number} by ${largest.toExponential(1)} on ${inputs.length} rows, more than ${tolerance}. Nothing was written.`,
      { run: run.id, largestDifference: largest, rows: inputs.length },
    )
  } finally {
    await predictors.release(folder)
  }
}

function cardOf({ db, version, now }: Context, run: Run): string {
  const dataset = requireDataset(db, run.dataset)
  const confusions = listConfusions(db, run.id)
  return modelCard({
    title: run.name,
    baseModel: run.modelName,
    licence: findModel(db, run.model)?.licence ?? null,
    task: dataset.task,
    labels: run.labels,
    dataset: {
      name: dataset.name,
      source: dataset.source,
      licence: dataset.licence,
      hash: dataset.hash,
    },
    run: {
      number: run.number,
      steps: run.steps,
      seconds: run.seconds,
      graftbench: run.machine?.graftbench ?? version,
      date: new Date(run.endedAt ?? now()).toISOString().slice(0, 10),
    },
    metrics: run.metrics,
    confusion: confusions.find(({ split }) => split === 'test') ?? confusions[0] ?? null,
    recipeYaml: recipeToYaml(run.recipe),
  })
}
