import { copyFile, cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Prediction, PredictionInput, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { exists } from '../platform/files'
import { openWeights, readModelConfig } from '../formats/huggingface'
import { classifierConfig, writeHuggingFaceFolder } from '../formats/huggingface-export'
import type { ExportedFile } from '../formats/huggingface-export'
import { encoderConfig } from '../formats/pooled-head'
import { bestCheckpoint } from './checkpoints'
import type { Context } from './context'
import { cardOf, exportNotes } from './export-card'
import { checkKnowledge, hasKnowledge, predictorFolder, writeKnowledge } from './export-knowledge'
import { checkedRows } from './export-rows'
import { followedByRun } from './followed'
import { newId } from './ids'
import type { JobControl } from './jobs'
import { throwIfCancelled } from './jobs'
import { locatePredictor } from './predictor-source'
import type { Predictors } from './predictors'
import { requireDataset } from './references'

/** Largest difference of a logit between the run and what was exported of it. */
const tolerance = 1e-4
/** Of a probability after the knowledge, which may multiply differences of logits. */
const fusedTolerance = 1e-3

/** What a run's own folder says of a model beyond what Hugging Face's files can. */
const deploymentFile = 'graftbench.json'

export interface CheckedExport {
  readonly files: readonly ExportedFile[]
  readonly largestDifference: number
  readonly rows: number
  readonly notes: readonly string[]
}

/** Writes the folder and loads it again; it gets its name only when it agrees with the run. */
export async function writeExport(
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
  const followed = await followedByRun(context, run)
  const { pooling } = followed
  const knowledge = await hasKnowledge(best)
  let largest = 0
  control.report({ label: 'Writing the model', done: 0, total: 2, unit: 'steps' })
  const weights = await openWeights(best)
  const notes = exportNotes(pooling, knowledge, weights.tensors.keys())
  const config = classifierConfig(await readModelConfig(best), dataset.task, run.labels)
  try {
    const files = await writeHuggingFaceFolder(folder, {
      config: pooling === 'checkpoint' ? config : encoderConfig(config),
      tensors: [...weights.tensors].map(([name, { dtype, shape }]) => ({
        name,
        dtype,
        shape,
        data: async () => (await weights.read(name)).data,
      })),
      tokenizerFolder: best,
      maxLength: run.recipe.data.maxLength,
      card: cardOf(context, run, followed, notes),
      more: async (written) => {
        // What the model takes from its pack besides a text: without it, rows would be others.
        const taken = join(best, 'inputs')
        if (await exists(taken)) await cp(taken, join(written, 'inputs'), { recursive: true })
        if (pooling === 'checkpoint' && !knowledge) return
        await copyFile(join(best, deploymentFile), join(written, deploymentFile))
        if (knowledge) await writeKnowledge(best, written, predictorFolder())
      },
      verify: async (written) => {
        throwIfCancelled(control.signal)
        control.report({ label: 'Checking the model', done: 1, total: 2, unit: 'steps' })
        largest = await compare(context, predictors, run, written, inputs)
      },
    })
    return { files, largestDifference: largest, rows: inputs.length, notes }
  } finally {
    await weights.close()
  }
}

/**
 * The largest difference of a logit between run and folder; their answers after the knowledge are
 * compared as well, of the folder and of the predictor in it. Throws export.disagrees.
 */
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
    const logits = largestDifference(expected, found, (one) => one.logits)
    const fused = largestDifference(expected, found, (one) => one.probabilities)
    const [difference, allowed] = logits > tolerance ? [logits, tolerance] : [fused, fusedTolerance]
    if (difference > allowed) {
      throw new GraftError(
        'export.disagrees',
        `The exported model differs from run #${run.number} by ${difference.toExponential(1)} on ${inputs.length} rows, more than ${allowed}. Nothing was written.`,
        { run: run.id, largestDifference: difference, rows: inputs.length },
      )
    }
    if (await hasKnowledge(folder)) {
      await checkKnowledge(folder, predictorFolder(), inputs, expected)
    }
    return logits
  } finally {
    await predictors.release(folder)
  }
}

/** Infinity where a number is missing or none. */
function largestDifference(
  expected: readonly Prediction[],
  found: readonly Prediction[],
  numbersOf: (prediction: Prediction) => readonly number[],
): number {
  let largest = 0
  expected.forEach((prediction, row) => {
    const other = found[row]
    numbersOf(prediction).forEach((value, index) => {
      const difference = Math.abs(value - ((other && numbersOf(other)[index]) ?? Number.NaN))
      largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference)
    })
  })
  return largest
}
