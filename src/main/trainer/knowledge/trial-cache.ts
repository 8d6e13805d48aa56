import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { exists } from '../../platform/files'
import { sha256, sha256Json } from '../../platform/hash'
import { readJsonFile, writeJsonFile } from '../../platform/json'
import type { NamedArray } from '../arrays'
import { cachedWeights, keepModel } from '../model-cache'
import { crossFitTraining, foldsUsed, type CrossFit, type HeldOutAnswers } from './held-out'
import { hashedKey, type StageKey } from './stage-key'
import { stepsAfter, stepsOf, type GoldRows, type Plan, type SelfTraining } from './trainings'
import type { TrialModel } from './trial-model'

/*
 * Trainings on labelled rows are done once: arms of an ablation that train alike, and a run that only
 * predicts otherwise, take what came of them from the cache, under a hash of all that it depends on.
 */

/** To be raised where trainings, folds or their lengths change: what was kept before is of no use then. */
const version = 1

type Labelled = Pick<GoldRows, 'rows' | 'y' | 'seed'>

const keptSchema = z.array(z.object({ rows: z.array(z.int()), logits: z.array(z.number()) }))

/** As `crossFitTraining`. Answers for which neighbours are looked for are not kept. */
export async function crossFitOnce(
  fit: CrossFit,
  key: StageKey,
): Promise<readonly HeldOutAnswers[]> {
  const { model, plan, log, neighbours } = fit
  const path = neighbours > 0 ? undefined : pathOf('trials', '.json', plan, fit, key)
  if (path === undefined) return crossFitTraining(fit)
  const kept = await readKept(path)
  if (kept !== undefined) {
    await keepModel(key.cacheFolder, path)
    log('The answers for held-out parts come from the cache: an earlier run trained the same.')
    model.pace.reuse(foldsUsed * stepsOf(plan))
    model.pace.expect(stepsAfter(plan))
    return kept
  }
  const answers = await crossFitTraining(fit)
  const record = answers.map(({ rows, logits }) => ({ rows: [...rows], logits: [...logits] }))
  await writeJsonFile(path, record)
  await keepModel(key.cacheFolder, path)
  return answers
}

/** Weights that come of a plan with labelled rows; `train` carries it out. */
export async function trainOnce(
  { pace }: Pick<TrialModel, 'pace'>,
  plan: Plan,
  lesson: Pick<GoldRows, 'rows' | 'y' | 'seed' | 'log'>,
  key: StageKey,
  train: () => Promise<readonly NamedArray[]>,
): Promise<readonly NamedArray[]> {
  const path = pathOf('trained', '.safetensors', plan, lesson, key)
  if (path === undefined) return train()
  const { weights, wasCached } = await cachedWeights(path, train)
  if (wasCached) {
    lesson.log('The weights come from the cache: an earlier run trained the same.')
    pace.reuse(stepsOf(plan))
  }
  return weights
}

/** undefined: scores of a pack take part, which the key does not hold. */
function pathOf(
  kind: 'trials' | 'trained',
  extension: string,
  { starts, average, self }: Plan,
  { rows, y, seed }: Labelled,
  key: StageKey,
): string | undefined {
  if (key.features !== undefined) return undefined
  const hash = sha256Json({
    ...{ version, kind, average, seed, rows: sha256(rows), y: sha256(y) },
    ...hashedKey(key, key.tokens),
    starts: starts.map(({ weights, training }) => ({ training, weights: hashOf(weights()) })),
    self: self === undefined ? null : hashedSelf(self),
  })
  return join(key.cacheFolder, `${kind}-${hash.slice(0, 32)}${extension}`)
}

/** Its words follow from the tokens of its rows. */
function hashedSelf({ weights, training, unlabelled, behind }: SelfTraining) {
  const { places, tokens } = behind()
  return {
    ...{ training, weights: hashOf(weights()), unlabelled: sha256(unlabelled) },
    behind: { places, ids: sha256(tokens.ids), starts: sha256(tokens.starts) },
  }
}

const hashOf = (weights: readonly NamedArray[]): string =>
  sha256Json(weights.map(({ name, shape, data }) => ({ name, shape, data: sha256(data) })))

/** undefined: there is none, or none that can be read. */
async function readKept(path: string): Promise<readonly HeldOutAnswers[] | undefined> {
  if (!(await exists(path))) return undefined
  try {
    const kept = await readJsonFile(path, keptSchema)
    return kept.map(({ rows, logits }) => ({
      ...{ rows: Int32Array.from(rows), logits: Float32Array.from(logits), neighbours: [] },
    }))
  } catch (error) {
    if (error instanceof GraftError) return undefined
    throw error
  }
}
