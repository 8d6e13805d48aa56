import { GraftError } from '@shared/errors'
import { GradientStore } from '../gradient-store'
import type { DropoutSource } from '../kernels/dropout'
import { library, withComposed } from '../kernels/library'
import { noLoss } from '../kernels/loss'
import type { Pooling } from '../kernels/pooling'
import { pool } from '../kernels/pooling'
import type { Layout, TokenBatch } from '../layout'
import { createLayout, disposeLayout } from '../layout'
import type { Match } from '../loading'
import { clipScale, unscale } from '../optimizers/clip'
import type { Optimizer } from '../optimizers/optimizer'
import type { NamedArray, Parameter } from '../parameters'
import type { ModelPlan } from '../plan'
import { firstTrained } from '../plan'
import type {
  AppliedStep,
  DeferredNumber,
  Session,
  SessionOptions,
  StepContext,
  StepOptions,
} from '../session'
import { describeModel, type ModelSummary } from '../summary'
import { Tape } from '../tape'
import type { Value } from '../tape'
import type { LossChoice, Targets } from '../targets'
import { ignoredToken, lossOf } from '../targets'
import type { Tensor } from '../tf'
import { readFloats, readScalar, scalar, tensor } from '../tf'
import { Weights } from '../weights'
import type { AttributionTerm, ProbedModel } from './attribution'
import { accumulatePrice } from './attribution'
import type { Forward } from './backbone'
import { backbone, frozenPart } from './backbone'
import { tokenBytes } from './frozen'
import { languageHead, sequenceHead } from './head-pass'
import type { Stage } from './heads'
import type { Losses } from './losses'
import { lossesOf } from './losses'
import type { ScoreFeatures } from './score-features'
import { withScores } from './score-features'

/** A session of one of the encoder families; see `Session`. */
export class EncoderSession implements Session {
  readonly summary: ModelSummary
  readonly parameters: readonly Parameter[]
  private readonly plan: ModelPlan
  private readonly byName: ReadonlyMap<string, Parameter>
  private readonly gradients = new GradientStore()
  private readonly values: Weights
  private readonly firstTrained: number
  /** Stages of the head that are frozen and come before any trained one. */
  private readonly frozenStages: number

  constructor(
    plan: ModelPlan,
    match: Match,
    byName: ReadonlyMap<string, Parameter>,
    { part, precision }: SessionOptions,
  ) {
    this.plan = plan
    this.byName = byName
    this.parameters = [...byName.values()]
    this.values = new Weights(byName, this.gradients, precision)
    this.firstTrained = firstTrained(plan.config, part)
    this.frozenStages = countFrozen(plan, byName)
    this.summary = describeModel(plan, this.parameters, match)
  }

  get featureWidth(): number {
    return this.plan.config.hidden
  }

  get frozenBytes(): number {
    const { hidden } = this.plan.config
    if (this.firstTrained < 1 || hidden % 2 !== 0) return 0
    return hidden * (this.values.copies === undefined ? 4 : 2)
  }

  frozenActivations(batch: TokenBatch): Uint8Array {
    return this.evaluate(batch, 'packed', undefined, (forward, layout) =>
      tokenBytes(frozenPart(forward, layout), layout),
    )
  }

  accumulate(
    batch: TokenBatch,
    targets: Targets | undefined,
    context: StepContext,
    frozen?: Uint8Array,
  ): DeferredNumber {
    return this.withKernels(() => this.accumulateBatch(batch, targets, context, frozen))
  }

  private accumulateBatch(
    batch: TokenBatch,
    targets: Targets | undefined,
    context: StepContext,
    frozen: Uint8Array | undefined,
  ): DeferredNumber {
    const forward = this.forward(new Tape('training'), dropoutOf(context), frozen)
    const layout = this.layout(batch, library().packs ? 'packed' : 'padded')
    try {
      if (this.plan.head.kind === 'language') {
        const loss = this.languageLoss(forward, layout, targets, context)
        return finish(forward.tape, { loss, whole: loss }, context.scale)
      }
      const logits = this.sequenceLogits(forward, layout, context.scores)
      return finish(forward.tape, lossesOf(forward.tape, logits, targets, context), context.scale)
    } finally {
      forward.tape.dispose()
      disposeLayout(layout)
    }
  }

  accumulateHead(
    features: Float32Array,
    rows: number,
    targets: Targets | undefined,
    context: StepContext,
  ): DeferredNumber {
    const forward = this.forward(new Tape('training'), dropoutOf(context))
    try {
      const value = this.featureValue(forward, features, rows)
      const logits = this.headOf(forward, value, context.scores)
      return finish(forward.tape, lossesOf(forward.tape, logits, targets, context), context.scale)
    } finally {
      forward.tape.dispose()
    }
  }

  accumulateAttribution(
    batch: TokenBatch,
    term: AttributionTerm,
    { scale, scores }: Pick<StepContext, 'scale' | 'scores'>,
  ): number {
    const layout = this.layout(batch, library().packs ? 'packed' : 'padded')
    const silent = new Weights(this.byName, this.gradients, 'float32', false)
    const open = new Weights(this.byName, this.gradients, 'float32')
    try {
      const logits: ProbedModel = (tape, probe, trained) => {
        const weights = trained ? open : silent
        const forward = { ...this.forward(tape, undefined), weights, probe }
        return this.sequenceLogits(forward, layout, scores)
      }
      return accumulatePrice(logits, layout, term, scale)
    } finally {
      silent.release()
      open.release()
      disposeLayout(layout)
    }
  }

  apply(optimizer: Optimizer, { learningRate, clipNorm, lossScale }: StepOptions): AppliedStep {
    const gradients = this.gradients.gradients()
    const { norm, scale } =
      lossScale === undefined
        ? clipScale(gradients, clipNorm ?? null)
        : unscale(gradients, clipNorm ?? null, lossScale)
    this.values.release()
    if (scale !== undefined) optimizer.step(gradients, { learningRate, scale })
    this.gradients.clear()
    scale?.dispose()
    return { ...deferred(norm), overflowed: scale === undefined }
  }

  logits(batch: TokenBatch, frozen?: Uint8Array, scores?: Float32Array): Float32Array {
    const { head } = this.plan
    if (head.kind === 'sequence') {
      return this.evaluate(batch, 'packed', frozen, (forward, layout) =>
        readFloats(this.sequenceLogits(forward, layout, scores).tensor),
      )
    }
    return this.evaluate(batch, 'padded', frozen, (forward, layout) =>
      readFloats(languageHead(forward, head.head, backbone(forward, layout)).tensor),
    )
  }

  evaluateLoss(batch: TokenBatch, targets: Targets): number {
    return this.evaluate(batch, 'packed', undefined, (forward, layout) =>
      readScalar(
        this.plan.head.kind === 'language'
          ? this.languageLoss(forward, layout, targets, {}).tensor
          : lossOf(forward.tape, this.sequenceLogits(forward, layout), targets, {}).tensor,
      ),
    )
  }

  embeddings(batch: TokenBatch): Float32Array {
    return this.evaluate(batch, 'packed', undefined, (forward, layout) =>
      readFloats(this.features(forward, layout).tensor),
    )
  }

  logitsFromFeatures(features: Float32Array, rows: number, scores?: Float32Array): Float32Array {
    const forward = this.forward(new Tape('inference'), undefined)
    try {
      const value = this.featureValue(forward, features, rows)
      return readFloats(this.headOf(forward, value, scores).tensor)
    } finally {
      forward.tape.dispose()
    }
  }

  *weights(): Iterable<NamedArray> {
    for (const parameter of this.parameters) {
      yield { name: parameter.name, shape: parameter.shape, data: parameter.read() }
    }
  }

  assign(weights: Iterable<NamedArray>): void {
    this.values.release()
    for (const { name, data } of weights) {
      const parameter = this.byName.get(name)
      if (parameter === undefined) {
        throw new GraftError('model.weightsMismatch', `The model has no weight "${name}".`, {
          name,
        })
      }
      parameter.write(data)
    }
  }

  release(): void {
    this.values.release()
  }

  gradientNorms(): ReadonlyMap<string, number> {
    const norms = new Map<string, number>()
    for (const [name, gradient] of this.gradients.gradients()) {
      const values = readFloats(gradient.kind === 'dense' ? gradient.value : gradient.values)
      norms.set(name, Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)))
    }
    return norms
  }

  clearGradients(): void {
    this.gradients.clear()
  }

  dispose(): void {
    this.gradients.clear()
    this.values.release()
    for (const parameter of this.parameters) parameter.dispose()
  }

  private forward(tape: Tape, dropout: DropoutSource | undefined, frozen?: Uint8Array): Forward {
    const { config, family } = this.plan
    const { values: weights, firstTrained: first } = this
    return { tape, weights, config, names: family.names, dropout, firstTrained: first, frozen }
  }

  private withKernels<T>(body: () => T): T {
    return this.values.precision === 'float16' ? withComposed(body) : body()
  }

  private layout(batch: TokenBatch, kind: Layout['kind']): Layout {
    const { config } = this.plan
    const layout = createLayout(batch, kind, config.positionRule)
    const longest = layout.positions.reduce((most, one) => Math.max(most, one), 0)
    if (longest < config.positions) return layout
    disposeLayout(layout)
    throw new GraftError(
      'input.invalid',
      `A row of ${batch.length} tokens is too long for the model, which has ${config.positions} positions.`,
    )
  }

  /** Without gradients and dropout; packed only where the kernels can. */
  private evaluate<T>(
    batch: TokenBatch,
    kind: Layout['kind'],
    frozen: Uint8Array | undefined,
    compute: (forward: Forward, layout: Layout) => T,
  ): T {
    return this.withKernels(() => {
      const forward = this.forward(new Tape('inference'), undefined, frozen)
      const layout = this.layout(batch, library().packs ? kind : 'padded')
      try {
        return compute(forward, layout)
      } finally {
        forward.tape.dispose()
        disposeLayout(layout)
      }
    })
  }

  private sequenceLogits(forward: Forward, layout: Layout, scores?: Float32Array): Value {
    return this.headOf(forward, this.features(forward, layout), scores)
  }

  /** Pooled vectors [rows, hidden], through the stages that are frozen. */
  private features(forward: Forward, layout: Layout): Value {
    const { stages, pooling } = this.sequence()
    const firstOnly = pooling === 'first'
    const stream = backbone(forward, layout, firstOnly ? layout.firsts : undefined)
    const pooled = firstOnly ? stream.wide : pool(forward.tape, pooling, stream.wide, layout)
    return sequenceHead(forward, stages, pooled, 0, this.frozenStages)
  }

  private headOf(forward: Forward, features: Value, scores?: Float32Array): Value {
    const { stages, scores: taken } = this.sequence()
    const logits = sequenceHead(forward, stages, features, this.frozenStages)
    return taken === undefined ? logits : withScores(forward, taken, logits, scores)
  }

  private sequence(): {
    readonly stages: readonly Stage[]
    readonly pooling: Pooling
    readonly scores: ScoreFeatures | undefined
  } {
    const { head } = this.plan
    if (head.kind === 'sequence') return head
    throw new GraftError('internal', 'A language model has no pooled vectors.')
  }

  private featureValue(forward: Forward, features: Float32Array, rows: number): Value {
    return forward.tape.constant(tensor(features.slice(), [rows, this.featureWidth]))
  }

  /** The mean over the tokens that are asked for; only they reach the head. */
  private languageLoss(
    forward: Forward,
    layout: Layout,
    targets: Targets | undefined,
    { labelSmoothing }: LossChoice,
  ): Value {
    const { head } = this.plan
    if (head.kind !== 'language' || targets?.kind !== 'tokens') {
      throw new GraftError('input.invalid', 'A language model is trained on token targets.')
    }
    if (targets.values.length !== layout.places.length) {
      throw new GraftError(
        'input.invalid',
        `${layout.rows} rows × ${layout.length} tokens need as many targets, not ${targets.values.length}.`,
      )
    }
    const places: number[] = []
    const classes: number[] = []
    layout.places.forEach((place, cell) => {
      const token = targets.values[cell] ?? ignoredToken
      if (token === ignoredToken || place < 0) return
      places.push(place)
      classes.push(token)
    })
    if (places.length === 0) return noLoss(forward.tape)
    const stream = backbone(forward, layout, Int32Array.from(places))
    const logits = languageHead(forward, head.head, stream)
    const tokens: Targets = { kind: 'tokens', values: Int32Array.from(classes) }
    return lossOf(forward.tape, logits, tokens, { labelSmoothing })
  }
}

const dropoutOf = (context: StepContext): DropoutSource => ({
  seed: context.dropoutSeed,
  step: context.step,
  microStep: context.microStep,
})

/** Runs the backward pass; the loss stays on the device until it is read. */
function finish(tape: Tape, { loss, whole }: Losses, scale: number): DeferredNumber {
  const number = loss.tensor.retain()
  tape.backward(whole, scalar(scale))
  return deferred(number)
}

/** Takes the tensor over. */
function deferred(number: Tensor): DeferredNumber {
  return {
    read() {
      const value = readScalar(number)
      number.dispose()
      return value
    },
    dispose: () => {
      number.dispose()
    },
  }
}

function countFrozen(plan: ModelPlan, parameters: ReadonlyMap<string, Parameter>): number {
  if (plan.head.kind !== 'sequence') return 0
  const open = plan.head.stages.findIndex(
    (stage) =>
      stage.kind === 'dropout' || parameters.get(`${stage.name}.weight`)?.trained !== false,
  )
  return Math.max(0, open)
}
