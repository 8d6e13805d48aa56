import { join } from 'node:path'
import { z } from 'zod'
import { settledSmoothing } from '@shared/domain/settled'
import { enoughToTell, foldsUsed, labelledShare } from '../../knowledge/trial-lengths'
import { sha256, sha256Json } from '../../platform/hash'
import { writeJsonFile } from '../../platform/json'
import type { NamedArray } from '../arrays'
import { hashOfWeights, keep, keptRecord, keptWeights } from '../kept'
import { crossFitTraining, heldOutParts, type CrossFit, type HeldOutAnswers } from './held-out'
import { hashedKey, hashedTokens, type TrainingKey } from './training-key'
import {
  partsOf,
  stepsAfter,
  stepsOf,
  type GoldRows,
  type Plan,
  type SelfTraining,
} from './trainings'
import type { TrialModel } from './trial-model'

/*
 * Trainings on labelled rows are done once: arms of an ablation that train alike, and a run that only
 * predicts otherwise, take what came of them from the cache, under a hash of all that it depends on.
 */

/**
 * To be raised with each change of what trainings compute: folds, labels, optimiser, kernels, how words
 * and contrasts join answers. What was kept before is of no use then.
 */
const version = 2

/** What is the same for all trainings of this version. */
const constants = { version, foldsUsed, enoughToTell, labelledShare, settledSmoothing }

type Labelled = Pick<GoldRows, 'rows' | 'y' | 'seed'>

const keptSchema = z.object({
  /** The run that trained. */
  run: z.string(),
  steps: z.int().min(0),
  answers: z.array(z.object({ rows: z.array(z.int()), logits: z.array(z.number()) })),
})

/** As `crossFitTraining`. Answers for which neighbours are looked for are not kept. */
export async function crossFitOnce(
  fit: CrossFit,
  key: TrainingKey,
): Promise<readonly HeldOutAnswers[]> {
  const { model, plan, log, neighbours } = fit
  const path = neighbours > 0 ? undefined : await pathOf('trials', model, plan, fit, key)
  if (path === undefined) return crossFitTraining(fit)
  const kept = await keptRecord(path, keptSchema)
  if (kept !== undefined && fits(kept, fit)) {
    log('The answers for held-out parts come from the cache: the same was trained before.')
    if (kept.run !== key.run) model.pace.reuse(kept.steps)
    model.pace.expect(stepsAfter(plan))
    return kept.answers.map(({ rows, logits }) => ({
      ...{ rows: Int32Array.from(rows), logits: Float32Array.from(logits), neighbours: [] },
    }))
  }
  const answers = await crossFitTraining(fit)
  await keep(path, log, () =>
    writeJsonFile(path, {
      ...{ run: key.run, steps: heldOutParts(fit).length * stepsOf(plan) },
      answers: answers.map(({ rows, logits }) => ({ rows: [...rows], logits: [...logits] })),
    } satisfies z.input<typeof keptSchema>),
  )
  return answers
}

const fits = (
  { answers }: z.output<typeof keptSchema>,
  { plan, model }: Pick<CrossFit, 'plan' | 'model'>,
): boolean =>
  answers.length === partsOf(plan) &&
  answers.every(({ rows, logits }) => logits.length === rows.length * model.classes)

/** Weights that come of a plan with labelled rows; `train` carries it out. */
export async function trainOnce(
  model: Pick<TrialModel, 'pace' | 'whileComputing'>,
  plan: Plan,
  lesson: Labelled & Pick<GoldRows, 'log'>,
  key: TrainingKey,
  train: () => Promise<readonly NamedArray[]>,
): Promise<readonly NamedArray[]> {
  const path = await pathOf('trained', model, plan, lesson, key)
  if (path === undefined) return train()
  const { weights, by } = await keptWeights(path, { run: key.run, log: lesson.log }, train)
  if (by === undefined) return weights
  lesson.log('The weights come from the cache: the same was trained before.')
  if (by !== key.run) model.pace.reuse(stepsOf(plan))
  model.pace.expect(0)
  return weights
}

const extensions = { trials: '.json', trained: '.safetensors' } as const

/** The file of what comes of a plan; undefined where scores of a pack take part, which the key does not hold. */
async function pathOf(
  kind: keyof typeof extensions,
  { whileComputing }: Pick<TrialModel, 'whileComputing'>,
  { starts, average, self }: Plan,
  { rows, y, seed }: Labelled,
  key: TrainingKey,
): Promise<string | undefined> {
  if (key.features !== undefined) return undefined
  const from: object[] = []
  for (const { weights, training } of starts) {
    from.push({ training, weights: hashOf(weights) })
    await whileComputing()
  }
  const hash = sha256Json({
    ...{ constants, kind, average, seed, rows: sha256(rows), y: sha256(y) },
    ...{ key: hashedKey(key, key.tokens), starts: from },
    self: self === undefined ? null : hashedSelf(self),
  })
  return join(key.cacheFolder, `${kind}-${hash.slice(0, 32)}${extensions[kind]}`)
}

/** Its words follow from the tokens of its rows. */
function hashedSelf({ weights, training, unlabelled, behind }: SelfTraining) {
  const { places, tokens } = behind()
  return {
    ...{ training, weights: hashOf(weights), unlabelled: sha256(unlabelled) },
    behind: { places, tokens: hashedTokens(tokens) },
  }
}

/** A start is asked for more than once, and always gives the same. */
const hashes = new WeakMap<() => readonly NamedArray[], string>()

function hashOf(weights: () => readonly NamedArray[]): string {
  const known = hashes.get(weights)
  if (known !== undefined) return known
  const hash = hashOfWeights(weights())
  hashes.set(weights, hash)
  return hash
}
