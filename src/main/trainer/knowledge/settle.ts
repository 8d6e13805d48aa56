import { join } from 'node:path'
import type { PredictionMethod, TrainingMethod } from '@shared/domain/knowledge'
import {
  choosesItself,
  listedMethods,
  openPart,
  settledFile,
  trainsPlainly,
} from '@shared/domain/settled'
import { fewRows, foldsUsed } from '../../knowledge/trial-lengths'
import { counted } from '../../platform/counted'
import { exists } from '../../platform/files'
import { readJsonFile, writeJsonFile } from '../../platform/json'
import type { NamedArray } from '../arrays'
import type { CheckpointState } from '../checkpoint'
import type { RunFolder } from '../manifest'
import type { Prepared } from '../prepare'
import { device } from '../../nn/tf'
import { openSession, partOf } from '../session'
import type { ChoiceInput } from './choice'
import { choose } from './choose'
import { labelledRows } from './labelled-rows'
import type { Knowledge } from './context'
import { expectedSteps } from './expected-steps'
import { crossFitTraining, describeRow, type HeldOutAnswers } from './held-out'
import { rowScores } from './features'
import { lessonsText, teach, type PackLesson } from './lessons'
import { lessonsOf, listedLessons } from './listed-lessons'
import type { TrainingKey } from './training-key'
import type { SoftLabels } from './soft-labels'
import {
  automaticPrediction,
  leastValidation,
  methodNamed,
  neighboursAsked,
  recordAnswers,
  strategySchema,
  type Strategy,
} from './strategy'
import { tokenBatch } from './token-batch'
import type { TrainingStart } from './trainings'
import { TrialModel, type TrialTraining } from './trial-model'
import type { TrialPace } from './trial-pace'
import { injectorOf } from './triples'
import { weakLabels } from './weak-labels'

/** How a run trains and predicts, when nothing is left open. */
export interface Settled {
  readonly strategy: Strategy | undefined
  /** Weights that training starts from; undefined: those of the model's folder. */
  readonly start: readonly NamedArray[] | undefined
  readonly training: readonly TrainingMethod[]
  readonly prediction: readonly PredictionMethod[]
  /** Weak labels beside the gold ones. */
  readonly weak: SoftLabels | undefined
}

export interface SettleInput {
  readonly folder: RunFolder
  readonly data: Prepared
  readonly knowledge: Knowledge | undefined
  readonly precision: CheckpointState['precision']
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean
  readonly log: (sentence: string) => void
  readonly warn: (sentence: string) => void
  /** Told what trials have done and will do. */
  readonly pace: TrialPace
  readonly whileComputing: () => Promise<void>
}

/** Steps of a training that only shows what held-out rows would be answered, at most. */
const mostTrialSteps = 200

/**
 * Settles what a recipe leaves open, by trial on labelled training rows, and does what comes before
 * the run's own steps. What was settled is kept in the run's folder: a run that goes on from a
 * checkpoint does not choose again.
 */
export async function settle(input: SettleInput): Promise<Settled> {
  const { folder, data, knowledge, resumed } = input
  const { recipe, task } = folder.manifest
  const prediction = predictionOf(knowledge)
  const open = choosesItself(recipe)
  const path = join(folder.root, settledFile)
  if (resumed && (await exists(path))) {
    const strategy = await readJsonFile(path, strategySchema, 'checkpoint.damaged')
    return finish(input, strategy, undefined)
  }
  if (task !== 'single-label') return finish(input, undefined, undefined)
  const wantsHeldOut = prediction.length > 0 && data.parts.validation.length < leastValidation
  const teaches = listedLessons(givenTraining(knowledge)).length > 0
  if (!open && !wantsHeldOut && !teaches) return finish(input, undefined, undefined)
  const made = open ? await chosen(input, prediction) : await given(input, prediction)
  await writeJsonFile(path, made.strategy)
  return finish(input, made.strategy, made.start)
}

function finish(
  { data, knowledge }: SettleInput,
  strategy: Strategy | undefined,
  start: readonly NamedArray[] | undefined,
): Settled {
  const training = strategy?.training ?? givenTraining(knowledge)
  const together = methodNamed(training, 'weak')
  return {
    strategy,
    start,
    training,
    prediction: strategy?.prediction ?? predictionOf(knowledge),
    weak:
      knowledge !== undefined && together?.when === 'together'
        ? weakLabels(knowledge, data, together).soft
        : undefined,
  }
}

const givenTraining = (knowledge: Knowledge | undefined): readonly TrainingMethod[] =>
  listedMethods({ knowledge: knowledge?.choice ?? null })

function predictionOf(knowledge: Knowledge | undefined): readonly PredictionMethod[] {
  if (knowledge === undefined) return []
  const { choice, content } = knowledge
  if (choice.prediction === 'none') return []
  if (choice.prediction !== 'auto') return choice.prediction
  return automaticPrediction({
    hardRules: content.rules.some(({ hard }) => hard),
    shares: Object.keys(content.priors?.shares ?? {}).length > 0,
  })
}

async function chosen(input: SettleInput, prediction: readonly PredictionMethod[]) {
  const { folder, data, knowledge, log } = input
  const { recipe } = folder.manifest
  // A head of its own on the first token says nothing before it was trained: means do.
  const pooling = recipe.head.pooling === 'checkpoint' ? 'mean' : recipe.head.pooling
  const all = { kind: 'all' } as const
  const key = keyOf(input, pooling, all)
  const model = await trialModel(input, pooling, all)
  const given = givenTraining(knowledge)
  try {
    const part = openPart(recipe)
    const open: Omit<ChoiceInput, 'learned'> = {
      ...{ model, data, knowledge, prediction, pooling, log },
      mayTeach: knowledge?.choice.training === 'auto',
      part,
      mayCombine: part === null && data.parts.train.length <= fewRows && trainsPlainly(recipe),
      key,
      mostSteps: recipe.maxSteps,
      seed: recipe.seeds.data,
    }
    model.pace.expect(expectedSteps({ ...open, learned: listedLessons(given) }))
    const { lessons: learned, sentences } = await learnListed(input, key, model)
    const { start, strategy } = await choose({ ...open, learned })
    const steps = strategy.steps !== 0 && data.parts.train.length > fewRows ? null : strategy.steps
    const chose = `${strategy.reason}${lengthSentence(strategy, steps)}`
    const reason = [...sentences, chose].join(' ')
    log(chose)
    return {
      start,
      strategy: { ...strategy, steps, reason, training: [...strategy.training, ...given] },
    }
  } finally {
    model.dispose()
  }
}

/** What takes the place of the recipe's own length, rate and batch; they stand for many rows. */
const lengthSentence = ({ batch, learningRate }: Strategy, steps: number | null): string =>
  steps === null || steps === 0
    ? ''
    : ` With so few labelled rows ${counted(steps, 'step')} of ${counted(batch, 'row')} at a rate of ${learningRate} take the place of the recipe's epochs, batch and rate.`

/** Methods that are given: weak labels first, and answers for labelled rows that were held out. */
async function given(input: SettleInput, prediction: readonly PredictionMethod[]) {
  const { folder, knowledge } = input
  const { recipe } = folder.manifest
  const { pooling } = recipe.head
  const training = givenTraining(knowledge)
  const heldOutTraining = trainingHeldOut(input, prediction)
  const part = partOf(recipe.train)
  const model = await trialModel(input, pooling, part)
  try {
    model.pace.expect(foldsUsed * (heldOutTraining?.steps ?? 0))
    const { lessons, sentences } = await learnListed(input, keyOf(input, pooling, part), model)
    const weights = model.weights()
    const heldOut =
      heldOutTraining &&
      (await heldOutAnswers(input, prediction, model, {
        ...{ weights: () => weights, name: lessonsText(lessons), training: heldOutTraining },
      }))
    const strategy: Strategy = {
      ...{ version: 1, pooling, steps: null, combined: [], batch: recipe.batch.size },
      learningRate: recipe.optimizer.learningRate,
      training: [...training],
      prediction: [...prediction],
      ...{ candidates: [], reusedSteps: 0 },
      reason: ['The methods of the recipe.', ...sentences].join(' '),
      heldOut: heldOut ? recordAnswers(heldOut) : null,
    }
    return { start: lessons.length === 0 ? undefined : weights, strategy }
  } finally {
    model.dispose()
  }
}

interface Learned {
  readonly lessons: readonly PackLesson[]
  /** What was learned, and what could not be. */
  readonly sentences: readonly string[]
}

/** Teaches the model what the recipe lists as the first things to learn of the pack. */
async function learnListed(
  { data, folder, knowledge, log, warn }: SettleInput,
  key: TrainingKey,
  model: TrialModel,
): Promise<Learned> {
  if (knowledge === undefined) return { lessons: [], sentences: [] }
  const lessons = lessonsOf(givenTraining(knowledge), folder.manifest.recipe.seeds.data)
  const input = { data, knowledge, key, log, leftOut: warn }
  const { taught, sentences } = await teach(model, () => model.weights(), lessons, input)
  const last = taught.at(-1)
  if (last !== undefined) model.assign(last.weights)
  return { lessons: last?.lessons ?? [], sentences }
}

/** What a model is trained like that answers for held-out rows; undefined: these are not needed. */
function trainingHeldOut(
  { data, folder }: SettleInput,
  prediction: readonly PredictionMethod[],
): TrialTraining | undefined {
  if (prediction.length === 0 || data.parts.validation.length >= leastValidation) return undefined
  const { recipe } = folder.manifest
  const { rows } = labelledRows(data)
  const batch = Math.min(recipe.batch.size, 32)
  const passes = recipe.maxSteps ?? Math.ceil((recipe.epochs * rows.length) / batch)
  return {
    steps: Math.max(1, Math.min(passes, mostTrialSteps)),
    batch,
    learningRate: recipe.optimizer.learningRate,
  }
}

/** By trainings of the same part of the model; losses that methods add take no part in them. */
async function heldOutAnswers(
  { data, folder, log }: SettleInput,
  prediction: readonly PredictionMethod[],
  model: TrialModel,
  start: TrainingStart,
): Promise<HeldOutAnswers | undefined> {
  const [answers] = await crossFitTraining({
    ...{ model, ...labelledRows(data) },
    plan: { starts: [start], average: false, self: undefined },
    log,
    seed: folder.manifest.recipe.seeds.data,
    neighbours: neighboursAsked(prediction),
    describe: describeRow(data),
  })
  return answers
}

async function trialModel(
  { folder, data, knowledge, precision, pace, whileComputing }: SettleInput,
  pooling: Strategy['pooling'],
  part: TrainingKey['part'],
): Promise<TrialModel> {
  const { recipe, task, labels } = folder.manifest
  const scores = knowledge && rowScores(knowledge, givenTraining(knowledge))
  const session = await openSession(folder.modelFolder, {
    ...{ task, labels, pooling, precision },
    part,
    dropout: recipe.dropout,
    initSeed: recipe.seeds.init,
    scores: scores?.features,
  })
  const injector = injectorFor(data, knowledge)
  const rows = {
    lengths: data.tokens.lengths,
    batchOf: (some: Int32Array) => tokenBatch(data.tokens, some, data.tokenizer.padId, injector),
    scoresOf: scores?.of,
  }
  return new TrialModel(session, rows, labels.length, pace, whileComputing)
}

const injectorFor = ({ tokenizer }: Prepared, knowledge: Knowledge | undefined) =>
  knowledge && injectorOf(tokenizer, knowledge.content.triples, givenTraining(knowledge))

const keyOf = (
  { folder, data, knowledge, precision }: SettleInput,
  pooling: string,
  part: TrainingKey['part'],
): TrainingKey => ({
  modelHash: folder.manifest.modelHash,
  ...{ pooling, precision, part, device: device().kind, run: folder.manifest.runId },
  features: knowledge && rowScores(knowledge, givenTraining(knowledge))?.features,
  tokens: data.tokens,
  dropout: folder.manifest.recipe.dropout,
  injector: injectorFor(data, knowledge)?.hash,
  cacheFolder: folder.cacheFolder,
})
