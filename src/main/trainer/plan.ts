export interface PlanInput {
  /** Passes over the training rows; a fraction trains that share of the last pass. */
  readonly epochs: number
  readonly maxSteps: number | null
  /** Batches whose gradients are added before a step. */
  readonly accumulate: number
  /** Batches of an epoch, counted from 0. */
  readonly batchesIn: (epoch: number) => number
  readonly evaluateEvery: 'epoch' | number
  readonly checkpointEvery: number | null
}

/** A step's place: its epoch and the batches of that epoch which it consumes. */
export interface StepPlace {
  readonly epoch: number
  readonly firstBatch: number
  readonly endBatch: number
}

export interface Plan {
  readonly totalSteps: number
  /** Epochs entered, the last one perhaps not to its end. */
  readonly epochs: number
  /** Where step `step` (counted from 0) finds its batches. */
  place(step: number): StepPlace
  /** Epochs done after `steps` steps, as a fraction. */
  epochAfter(steps: number): number
  /** Whether an evaluation follows the step that makes it `steps` steps. */
  evaluatesAfter(steps: number): boolean
  /** Evaluations that follow after `steps` steps, the one at `steps` not counted. */
  evaluationsLeft(steps: number): number
  /** Whether the recipe asks for a checkpoint there, besides those at evaluations and each minute. */
  savesAfter(steps: number): boolean
}

/**
 * Steps of a whole run. A step never spans two epochs: the last step of an epoch takes what
 * batches are left. Steps are counted from 0, `steps` arguments say how many are done.
 */
export function makePlan(input: PlanInput): Plan {
  const batchesIn = remembered(input.batchesIn)
  const firstSteps = firstStepOfEachEpoch({ ...input, batchesIn })
  const totalSteps = firstSteps[firstSteps.length - 1] ?? 0
  const epochOf = (step: number): number => {
    let low = 0
    let high = firstSteps.length - 2
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((firstSteps[middle] ?? 0) <= step) low = middle
      else high = middle - 1
    }
    return low
  }
  const stepsIn = (epoch: number): number => Math.ceil(batchesIn(epoch) / input.accumulate)
  const endsEpoch = (steps: number): boolean => {
    const epoch = epochOf(steps - 1)
    return steps - (firstSteps[epoch] ?? 0) === stepsIn(epoch)
  }
  return {
    totalSteps,
    epochs: firstSteps.length - 1,
    place(step) {
      const epoch = epochOf(step)
      const firstBatch = (step - (firstSteps[epoch] ?? 0)) * input.accumulate
      const endBatch = Math.min(firstBatch + input.accumulate, batchesIn(epoch))
      return { epoch, firstBatch, endBatch }
    },
    epochAfter(steps) {
      if (steps === 0) return 0
      const epoch = epochOf(steps - 1)
      return epoch + (steps - (firstSteps[epoch] ?? 0)) / stepsIn(epoch)
    },
    evaluatesAfter(steps) {
      if (steps === totalSteps) return true
      return input.evaluateEvery === 'epoch' ? endsEpoch(steps) : steps % input.evaluateEvery === 0
    },
    evaluationsLeft(steps) {
      if (steps >= totalSteps) return 0
      if (input.evaluateEvery === 'epoch') return firstSteps.length - 1 - epochOf(steps)
      return Math.ceil(totalSteps / input.evaluateEvery) - Math.floor(steps / input.evaluateEvery)
    },
    savesAfter(steps) {
      return input.checkpointEvery !== null && steps % input.checkpointEvery === 0
    },
  }
}

/** First step of each epoch, and the total of steps as the last entry. */
function firstStepOfEachEpoch(input: PlanInput): number[] {
  const limit = input.maxSteps ?? Number.POSITIVE_INFINITY
  const firstSteps = [0]
  let total = 0
  for (let epoch = 0; epoch < input.epochs && total < limit; epoch++) {
    const share = Math.min(1, input.epochs - epoch)
    const steps = Math.ceil(input.batchesIn(epoch) / input.accumulate)
    total = Math.min(limit, total + Math.ceil(steps * share - 1e-9))
    firstSteps.push(total)
  }
  return firstSteps
}

/** Planning an epoch's batches may be costly; their number does not change. */
function remembered(batchesIn: (epoch: number) => number): (epoch: number) => number {
  const known: number[] = []
  return (epoch) => (known[epoch] ??= batchesIn(epoch))
}
