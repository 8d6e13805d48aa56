import { evaluationBatches, planEpoch } from '../../data/batches'
import { createRandom } from '../../platform/random'
import { padBatch, type TokenizedRows } from '../../data/tokenized'
import { LossScale } from '../../nn/optimizers/loss-scale'
import { createOptimizer } from '../../nn/optimizers/optimizer'
import { createSchedule } from '../../nn/optimizers/schedules'
import type { Session, Targets, TokenBatch } from '../../nn/session'
import { lossNotFinite } from '../failure'
import { makePlan } from '../plan'
import { toTokenBatch } from '../session'
import { ignored, type Masker } from './masking'

export interface LanguageTraining {
  readonly epochs: number
  readonly maxSteps: number | null
  readonly learningRate: number
  readonly batch: number
  readonly seed: number
  readonly padId: number
  readonly mask: Masker
  /** Parameters whose rate is 0 for the first tenth of the steps. */
  readonly startsLater: (name: string) => boolean
  /** Gradients are scaled, as float16 needs it. */
  readonly scaled: boolean
}

const warmup = 0.06
const alone = 0.1

/**
 * AdamW (Loshchilov & Hutter 2019) with decay 0.01, warm-up over 6% of the steps, then linear decay;
 * gradients clipped to norm 1. A pure function of weights, rows and seed. `afterStep` is awaited with
 * the steps done and their number; what it throws ends the training. Returns the steps taken.
 */
export async function trainLanguageModel(
  session: Session,
  rows: TokenizedRows,
  options: LanguageTraining,
  afterStep: (done: number, total: number, loss: number) => Promise<void>,
): Promise<number> {
  const { seed, startsLater, learningRate } = options
  const batchesOf = (epoch: number): readonly Int32Array[] =>
    planEpoch(
      { lengths: rows.lengths, size: options.batch, tokens: null, order: 'length', seed },
      epoch,
    )
  const plan = makePlan({
    ...{ epochs: options.epochs, maxSteps: options.maxSteps, accumulate: 1 },
    ...{ batchesIn: (epoch) => batchesOf(epoch).length, evaluateEvery: 'epoch' },
    checkpointEvery: null,
  })
  const schedule = createSchedule({ name: 'linear', warmup, totalSteps: plan.totalSteps })
  let step = 0
  const optimizer = createOptimizer(
    {
      ...{ name: 'adamw', weightDecay: 0.01, decayOf: 'weights', beta1: 0.9, beta2: 0.999 },
      ...{ epsilon: 1e-8, momentum: 0 },
      rateOf: ({ name }) => (startsLater(name) && step < alone * plan.totalSteps ? 0 : 1),
    },
    session.parameters,
  )
  const lossScale = options.scaled ? new LossScale({ initial: 2 ** 16, interval: 2000 }) : undefined
  let known: { readonly epoch: number; readonly batches: readonly Int32Array[] } | undefined
  try {
    for (; step < plan.totalSteps; step += 1) {
      const { epoch, firstBatch } = plan.place(step)
      if (known?.epoch !== epoch) known = { epoch, batches: batchesOf(epoch) }
      const { batch, targets } = maskBatch(
        rows,
        known.batches[firstBatch] ?? new Int32Array(),
        options,
        [seed, epoch + 1],
      )
      const scale = lossScale?.scale ?? 1
      const context = { step, microStep: 0, dropoutSeed: seed, scale }
      const loss = session.accumulate(batch, targets, context).read()
      if (!Number.isFinite(loss)) throw lossNotFinite(step + 1, 'masked-LM loss', loss)
      const applied = session.apply(optimizer, {
        learningRate: learningRate * schedule(step + 1),
        ...{ clipNorm: 1, lossScale: lossScale?.scale },
      })
      lossScale?.after(applied.overflowed)
      applied.dispose()
      await afterStep(step + 1, plan.totalSteps, loss)
    }
  } finally {
    optimizer.dispose()
  }
  return plan.totalSteps
}

/** Mean loss over the tokens asked for; what is hidden depends on the seed alone. */
export async function languageLoss(
  session: Session,
  rows: TokenizedRows,
  options: Pick<LanguageTraining, 'seed' | 'padId' | 'mask'>,
  whileComputing: () => Promise<void>,
): Promise<number> {
  let sum = 0
  let asked = 0
  for (const own of evaluationBatches({ lengths: rows.lengths, tokens: 2048 })) {
    const { batch, targets, count } = maskBatch(rows, own, options, [options.seed, 0])
    sum += session.evaluateLoss(batch, targets) * count
    asked += count
    await whileComputing()
  }
  return asked === 0 ? 0 : sum / asked
}

/** Every row is masked by the seeds and its own place, whatever batch it comes in. */
function maskBatch(
  rows: TokenizedRows,
  own: Int32Array,
  { mask, padId }: Pick<LanguageTraining, 'padId' | 'mask'>,
  seeds: readonly number[],
): { readonly batch: TokenBatch; readonly targets: Targets; readonly count: number } {
  const batch = toTokenBatch(padBatch(rows, own, padId))
  const values = new Int32Array(batch.ids.length).fill(ignored)
  let count = 0
  own.forEach((row, at) => {
    const ids = rows.ids.subarray(rows.starts[row], rows.starts[row + 1])
    const masked = mask(ids, createRandom(...seeds, row))
    batch.ids.set(masked.ids, at * batch.length)
    values.set(masked.targets, at * batch.length)
    count += masked.targets.filter((target) => target !== ignored).length
  })
  return { batch, targets: { kind: 'tokens', values }, count }
}
