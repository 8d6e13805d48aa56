/*
 * How long trainings are that a run tries before its own steps, from numbers of rows alone: what the
 * trainer does, and what the engine says beforehand that it will take.
 */

/** Rows of a step in a trial. */
export const trialBatch = 16

/** Parts that are held out in turn: every one costs a training. */
export const foldsUsed = 2

/** From so many labelled rows on that a pack speaks about, they tell what it is worth. */
export const leastJudged = 32

/**
 * From so many labelled rows on, what is held out tells trainings apart: more starts are tried, fewer
 * rows held out, and more is asked of a head.
 */
export const enoughToTell = 150

/** Training rows of more than so many keep the recipe's own passes, rate and batch. */
export const fewRows = 1000

/** Unlabelled rows whose answers are learned, at most, and labelled ones that they come from, at least. */
export const selfTrained = { most: 5000, leastLabelled: 32, least: 200 } as const

/** Share of the rows of a self-training that are labelled ones, again and again. */
export const labelledShare = 0.25

/**
 * Steps of a training on labelled rows. Few are seen often, many rarely. A model that a pack has taught is
 * near its aim; one as it was pre-trained has a way to go.
 */
export function trainingSteps(rows: number, isTaught: boolean, most: number | null): number {
  const steps = Math.max(
    Math.round((isTaught ? 5 : 7) * Math.sqrt(rows)),
    Math.ceil(((isTaught ? 3 : 5) * rows) / trialBatch),
  )
  return Math.min(steps, most ?? Infinity)
}

/** Whether there are enough unlabelled rows for labelled ones to be no larger a share. */
export const sufficesFor = (unlabelled: number, labelled: number): boolean =>
  labelled <= (unlabelled * labelledShare) / (1 - labelledShare)

/** Whether a model's own answers for rows without labels are learned. */
export const mayLearnAnswers = (unlabelled: number, labelled: number, isTaught: boolean): boolean =>
  unlabelled >= selfTrained.least &&
  labelled >= (isTaught ? selfTrained.leastLabelled : enoughToTell) &&
  sufficesFor(unlabelled, labelled)

/** Steps of one pass over unlabelled rows and, as often as their share asks for, the labelled ones. */
export const selfTrainingSteps = (unlabelled: number, batch: number): number =>
  Math.ceil(unlabelled / (1 - labelledShare) / batch)

/** Steps of a self-training: one pass over its rows, and no less than a training on the labelled ones. */
export const answerSteps = (
  unlabelled: number,
  labelled: number,
  isTaught: boolean,
  most: number | null,
): number =>
  Math.min(
    Math.max(selfTrainingSteps(unlabelled, trialBatch), trainingSteps(labelled, isTaught, null)),
    most ?? Infinity,
  )

/** What a run has to try. */
export interface TrialTask {
  readonly labelled: number
  readonly unlabelled: number
  /** What a pack teaches first: nothing, what it may by itself, or what the recipe lists. */
  readonly teaching: 'none' | 'auto' | 'listed'
  /** Whether trainings may be combined. */
  readonly mayCombine: boolean
  /** Steps of a training, at most; null: as many as the rows ask for. */
  readonly most: number | null
}

/** What is likely to be tried, as if the labelled rows let the pack teach; its lessons are not in it. */
export interface TrialLengths {
  /** Steps of all trials. */
  readonly steps: number
  /** Rows without labels that are answered in them. */
  readonly answered: number
  /** Steps that follow with all labelled rows, in place of the run's own; 0: those are to come. */
  readonly after: number
}

export function trialLengths({
  labelled,
  unlabelled,
  teaching,
  mayCombine,
  most,
}: TrialTask): TrialLengths {
  const starts = startsTried(teaching, labelled)
  const answers = Math.min(unlabelled, selfTrained.most)
  const teachable = starts.some((isTaught) => isTaught)
  const learns = mayCombine && mayLearnAnswers(answers, labelled, teachable)
  const self = learns ? answerSteps(answers, labelled, teachable, most) : 0
  const all = starts.reduce((sum, isTaught) => sum + trainingSteps(labelled, isTaught, most), self)
  const after = learns || (mayCombine && starts.length > 1) ? all : 0
  const passes = foldsUsed + (after > 0 ? 1 : 0)
  return { steps: foldsUsed * all, answered: learns ? passes * answers : 0, after }
}

/** Whether a pack has taught each of the starts that are tried. */
function startsTried(teaching: TrialTask['teaching'], labelled: number): readonly boolean[] {
  if (teaching !== 'auto') return [teaching === 'listed']
  if (labelled < leastJudged) return [true]
  return labelled < enoughToTell ? [true, true] : [false, true, true]
}
