import { join } from 'node:path'
import type { Phase } from '@shared/domain/run'
import type { TrainerOutcome } from '@shared/trainer'
import { judge, type Verdict } from './best'
import { breathe, StopAsked, type Control } from './control'
import { evaluate, type Evaluation, type Split } from './evaluate'
import { watchExamples } from './examples'
import { predictedRows, writePredictions } from './predictions'
import { PaceMeter } from './progress'
import type { Reporter } from './reporter'
import type { Setup } from './setup'
import { readStep, startStep, type PendingStep } from './step'
import { Keeper } from './keeper'
import { summarize } from './summary'
import { writeJsonFile } from '../platform/json'

/**
 * A run from its first step, or from its checkpoint, to its end. Returns undefined when the run
 * was abandoned: it has a checkpoint then and no end on record.
 */
export async function runLoop(
  setup: Setup,
  reporter: Reporter,
  control: Control,
): Promise<TrainerOutcome | undefined> {
  const loop = new Loop(setup, reporter, control)
  try {
    await loop.train()
    await loop.test()
    return loop.finished()
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error
    return await loop.stopped()
  }
}

interface TimedStep extends PendingStep {
  /** Training time at its end, and what it took of it. */
  readonly seconds: number
  readonly took: number
  /** Rows trained on, this step's included. */
  readonly samples: number
}

class Loop {
  private readonly pace = new PaceMeter()
  private readonly keeper: Keeper
  private pending: TimedStep | undefined

  constructor(
    private readonly setup: Setup,
    private readonly reporter: Reporter,
    private readonly control: Control,
  ) {
    this.keeper = new Keeper(setup, reporter)
  }

  async train(): Promise<void> {
    const { plan, state } = this.setup
    for (;;) {
      if (this.evaluationIsDue()) await this.validate()
      if (state.step >= plan.totalSteps || state.earlyStopped) break
      this.takeStep()
      await breathe()
      if (this.control.requested !== null) throw new StopAsked()
      if (!this.evaluationIsDue() && this.keeper.isDue()) await this.save()
    }
  }

  /** Starts a step, and reads what the one before it left while this one computes. */
  private takeStep(): void {
    const { plan, state, trainee, batches, learningRate, typicalWeight, clock } = this.setup
    const place = plan.place(state.step)
    const started = clock.seconds()
    const step = startStep(
      trainee,
      batches(place.epoch),
      place,
      state.step,
      learningRate(state.step),
      typicalWeight(place.epoch),
    )
    this.settle()
    const seconds = clock.seconds()
    state.step += 1
    state.samples += step.rows
    state.stepSeconds += seconds - started
    this.pending = { ...step, seconds, took: seconds - started, samples: state.samples }
    this.pace.stepTook(step.rows, seconds - started)
    this.showProgress('training')
  }

  /** Reads the numbers of the step that was started last. */
  private settle(): void {
    if (this.pending === undefined) return
    const pending = this.pending
    this.pending = undefined
    this.report(pending)
  }

  private report(pending: TimedStep): void {
    const { plan, state } = this.setup
    const { step, seconds, samples, rows, tokens, took, learningRate } = pending
    const { loss, gradientNorm } = readStep(pending)
    const { lossScale } = pending.gradientNorm
    if (gradientNorm === null) {
      this.reporter.log(
        'info',
        `Step ${step} was left out: the gradient overflowed in float16 with a loss scale of ${lossScale ?? 1}, which is halved.`,
      )
    }
    if (plan.place(step - 1).firstBatch === 0) state.epochLoss = { sum: 0, rows: 0 }
    state.epochLoss.sum += loss * rows
    state.epochLoss.rows += rows
    this.reporter.point({
      step,
      seconds,
      epoch: plan.epochAfter(step),
      samples,
      values: {
        'train.loss': loss,
        learningRate,
        ...(gradientNorm === null ? {} : { gradientNorm }),
        ...(lossScale === undefined ? {} : { lossScale }),
        ...pending.gradientNorm.terms,
        samplesPerSecond: rows / took,
        tokensPerSecond: tokens / took,
        'memory.rss': process.memoryUsage.rss(),
      },
    })
  }

  private evaluationIsDue(): boolean {
    const { plan, state, data } = this.setup
    if (data.parts.validation.length === 0 || state.step === 0) return false
    return state.evaluatedStep !== state.step && plan.evaluatesAfter(state.step)
  }

  private async validate(): Promise<void> {
    this.settle()
    await this.withAverage(() => this.judgeValidation())
    await this.save()
  }

  /** Evaluations and the best checkpoint are of the averaged weights, where there are some. */
  private async withAverage(use: () => Promise<void>): Promise<void> {
    const { trainee } = this.setup
    trainee.showAverage(true)
    try {
      await use()
    } finally {
      trainee.showAverage(false)
    }
  }

  private async judgeValidation(): Promise<void> {
    const { state, recipe } = this.setup
    const evaluation = await this.evaluate('validation', 'evaluating')
    const verdict = judge(state.best, evaluation.metrics, state.step, recipe.evaluation.patience)
    state.best = verdict.state
    state.evaluatedStep = state.step
    state.metrics = { ...state.metrics, ...evaluation.metrics }
    this.record('validation', evaluation, verdict)
    this.reporter.record({ type: 'examples', rows: watchExamples(this.setup, evaluation) })
    if (verdict.best) {
      state.bestMetrics = evaluation.metrics
      await this.writePredictions('validation', evaluation)
      await this.keeper.saveBest()
    }
    if (verdict.stop) {
      state.earlyStopped = true
      this.reporter.log(
        'info',
        `Stopped early at step ${state.step}: ${state.best.metric} has not improved since step ${state.best.step}.`,
      )
    }
  }

  /**
   * The end of a run: its best weights get the weights of its knowledge and meet the rows that were
   * kept for the test.
   */
  async test(): Promise<void> {
    const { data, state, recipe } = this.setup
    const keeps = recipe.checkpoint.keep === 'best'
    if (keeps && this.keeper.savedStep !== state.step) await this.save()
    await this.withAverage(async () => {
      if (keeps && state.best.value === null) await this.keeper.saveBest()
      await this.keeper.restoreBest()
      await this.fitKnowledge()
      if (data.parts.test.length === 0) return
      const evaluation = await this.evaluate('test', 'testing')
      this.record('test', evaluation, undefined)
      state.metrics = { ...state.metrics, ...evaluation.metrics }
      await this.writePredictions('test', evaluation)
    })
  }

  private async fitKnowledge(): Promise<void> {
    const { fusion, trainee, folder, recipe } = this.setup
    if (fusion === undefined) return
    this.showProgress('evaluating')
    const summary = await fusion.fit(trainee, () => this.whileComputing('evaluating'))
    this.reporter.log('info', summary.reason)
    await writeJsonFile(folder.fusion, summary)
    if (recipe.checkpoint.keep === 'best') await fusion.save(join(folder.checkpoints, 'best'))
  }

  finished(): TrainerOutcome {
    const { state } = this.setup
    const summary = summarize(state, { ...state.metrics, ...state.bestMetrics })
    return { kind: 'finished', summary, earlyStopped: state.earlyStopped }
  }

  /** Leaves what is needed to go on later; a stopped run also what is needed to use its model. */
  async stopped(): Promise<TrainerOutcome | undefined> {
    const { state } = this.setup
    const { requested } = this.control
    if (this.keeper.holdsTrainedWeights) await this.save()
    if (requested === 'abandoned' || requested === null) return undefined
    if (requested === 'stopped' && state.best.value === null) {
      await this.withAverage(() => this.keeper.saveBest())
    }
    return { kind: requested, summary: summarize(state, state.metrics) }
  }

  private async save(): Promise<void> {
    this.settle()
    this.showProgress('saving')
    await this.keeper.save()
  }

  private async whileComputing(phase: Phase): Promise<void> {
    this.showProgress(phase)
    await breathe()
    if (this.control.requested !== null) throw new StopAsked()
  }

  private async evaluate(split: Split, phase: Phase): Promise<Evaluation> {
    const { data, trainee, manifest, clock, fusion } = this.setup
    const started = clock.seconds()
    this.showProgress(phase)
    const evaluation = await evaluate(
      {
        split,
        task: manifest.task,
        labels: manifest.labels,
        rows: data.parts[split],
        lengths: data.tokens.lengths,
        targets: data.targets,
        logits: (rows) => trainee.logits(rows),
        // Fitted when training is done: until then the model is judged alone.
        fuse:
          split === 'test' && fusion !== undefined
            ? (logits) =>
                fusion.apply(data.parts[split], logits, trainee, () => this.whileComputing(phase))
            : undefined,
      },
      () => this.whileComputing(phase),
    )
    this.pace.evaluationTook(clock.seconds() - started)
    return evaluation
  }

  private record(split: Split, evaluation: Evaluation, verdict: Verdict | undefined): void {
    const { plan, state, clock } = this.setup
    const step = split === 'test' && state.best.value !== null ? state.best.step : state.step
    const { metrics, confusion } = evaluation
    if (split === 'validation') {
      const overall = Object.entries(metrics).filter(([name]) => name.split('.').length === 2)
      this.reporter.point({
        step,
        seconds: clock.seconds(),
        epoch: plan.epochAfter(step),
        samples: state.samples,
        values: Object.fromEntries(overall),
      })
    }
    const epoch = plan.epochAfter(step)
    const best = verdict?.best ?? false
    this.reporter.record(
      { type: 'evaluated', split, step, epoch, metrics, confusion, best },
      { durable: true },
    )
  }

  private async writePredictions(split: Split, evaluation: Evaluation): Promise<void> {
    const { data, manifest, folder } = this.setup
    const rows = predictedRows(
      evaluation,
      data.parts[split],
      data.rows,
      manifest.task,
      manifest.labels,
    )
    await writePredictions(folder.predictions, split, rows)
  }

  private showProgress(phase: Phase): void {
    const { plan, state, data } = this.setup
    this.reporter.progress(
      this.pace.progress(phase, {
        step: state.step,
        totalSteps: plan.totalSteps,
        epoch: plan.epochAfter(state.step),
        epochs: this.setup.recipe.epochs,
        evaluationsLeft: plan.evaluationsLeft(state.step) + (data.parts.test.length > 0 ? 1 : 0),
      }),
    )
  }
}
