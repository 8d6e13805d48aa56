import type { Optimizer } from './optimizers/optimizer'
import { EncoderSession } from './encoder/session'
import { initialValues } from './initial'
import type { TokenBatch } from './layout'
import type { Match, WeightSource } from './loading'
import { matchWeights } from './loading'
import type { NamedArray } from './parameters'
import { Parameter } from './parameters'
import type { ModelPlan, PlanOptions, TrainPart } from './plan'
import { isTrained, planModel } from './plan'
import type { ModelSummary } from './summary'
import type { AttributionTerm } from './encoder/attribution'
import type { LogitTerm } from './kernels/loss'
import type { LossChoice, Targets } from './targets'
import type { Precision } from './weights'

export type { TokenBatch } from './layout'
export type { NamedArray } from './parameters'
export type { SessionTask, TrainPart } from './plan'
export type { Targets } from './targets'
export type { AttributionTerm, TokenPlaces } from './encoder/attribution'
export type { LogitTerm } from './kernels/loss'
export type { ScoreFeatures } from './encoder/score-features'
export { scoreFeaturesOf } from './encoder/score-features'
export type { WeightSource } from './loading'
export { sourceOf } from './loading'

export interface SessionOptions extends PlanOptions {
  /** The checkpoint, in the Hugging Face layout. */
  readonly weights: WeightSource
  readonly part: TrainPart
  readonly precision: Precision
  /** Decides the start of parameters that the checkpoint lacks. */
  readonly initSeed: number
}

/** A number that is still on its way; `read` waits for it. Read or dispose of it once. */
export interface DeferredNumber {
  read(): number
  dispose(): void
}

export interface StepOptions {
  readonly learningRate: number
  readonly clipNorm: number | undefined
  /** What the gradients were multiplied by; given in float16, where they may overflow. */
  readonly lossScale?: number | undefined
}

/** The norm of a step's gradient before clipping, without the loss scale. */
export interface AppliedStep extends DeferredNumber {
  /** The gradient overflowed: it was dropped, the weights stay, and the norm is infinite. */
  readonly overflowed: boolean
}

export interface StepContext extends LossChoice {
  readonly dropoutSeed: number
  readonly step: number
  readonly microStep: number
  /** Factor on the gradient, not on the loss that is returned. */
  readonly scale: number
  /** A loss of the logits besides that of the targets. */
  readonly extra?: ExtraLoss | undefined
  /** Of a model that takes scores, [rows, width]. */
  readonly scores?: Float32Array | undefined
}

/** What is minimised: `targetWeight` × the loss of the targets + `term`. */
export interface ExtraLoss {
  readonly targetWeight: number
  readonly term: LogitTerm
}

export interface Session {
  readonly summary: ModelSummary
  /** For an optimiser: `createOptimizer(settings, session.parameters)`. */
  readonly parameters: readonly Parameter[]
  /** Width of `embeddings`. */
  readonly featureWidth: number
  /** Bytes of a token in `frozenActivations`; 0 where no layer is frozen below the trained ones. */
  readonly frozenBytes: number
  /**
   * What comes out of the frozen layers, in the type of the products: token after token of the
   * rows, without padding. Given back with the same batch, it stands for those layers.
   */
  frozenActivations(batch: TokenBatch): Uint8Array
  /**
   * Forward and backward pass; adds `scale` × the gradient of the mean row loss. What is returned is
   * the loss of the targets alone; without targets, that of the extra term.
   */
  accumulate(
    batch: TokenBatch,
    targets: Targets | undefined,
    context: StepContext,
    frozen?: Uint8Array,
  ): DeferredNumber
  /** The same for the head alone, on features [rows, featureWidth] of a frozen backbone. */
  accumulateHead(
    features: Float32Array,
    rows: number,
    targets: Targets | undefined,
    context: StepContext,
  ): DeferredNumber
  /**
   * Adds `scale` × the gradient of a price of attributions, computed without dropout in float32;
   * returns the price.
   */
  accumulateAttribution(
    batch: TokenBatch,
    term: AttributionTerm,
    context: Pick<StepContext, 'scale' | 'scores'>,
  ): number
  /** Clips the gradients to a global norm, steps, clears them; the norm before clipping. */
  apply(optimizer: Optimizer, step: StepOptions): AppliedStep
  /** Evaluation: [rows, outputs]; of a language model [rows, length, vocabulary]. */
  logits(batch: TokenBatch, frozen?: Uint8Array, scores?: Float32Array): Float32Array
  /** Mean loss over what is asked for, in evaluation: without dropout and gradients. */
  evaluateLoss(batch: TokenBatch, targets: Targets): number
  /** What the trained part of the head starts from: pooled vectors [rows, featureWidth]. */
  embeddings(batch: TokenBatch): Float32Array
  logitsFromFeatures(features: Float32Array, rows: number, scores?: Float32Array): Float32Array
  /** All parameters, under the checkpoint's names. */
  weights(): Iterable<NamedArray>
  /** Replaces parameters by name; throws model.weightsMismatch. */
  assign(weights: Iterable<NamedArray>): void
  /** Lets go of what was read from the parameters: before something else changes them. */
  release(): void
  /** L2 norm of each parameter's accumulated gradient. */
  gradientNorms(): ReadonlyMap<string, number>
  clearGradients(): void
  dispose(): void
}

/**
 * A model with its parameters on the device. Throws model.configInvalid, model.familyUnsupported,
 * model.weightsMissing and model.weightsMismatch.
 */
export async function createSession(options: SessionOptions): Promise<Session> {
  const plan = planModel(options)
  const match = matchWeights(plan, options.weights)
  const parameters = await createParameters(plan, match, options)
  return new EncoderSession(plan, match, parameters, options)
}

async function createParameters(
  plan: ModelPlan,
  match: Match,
  { weights, part, initSeed }: SessionOptions,
): Promise<ReadonlyMap<string, Parameter>> {
  const parameters = new Map<string, Parameter>()
  try {
    for (const spec of plan.specs) {
      const name = match.found.get(spec.name)
      const values =
        name === undefined
          ? initialValues(spec, spec.deviation ?? plan.config.initializerRange, initSeed)
          : await weights.readFloat32(name)
      const trained = isTrained(spec, plan.config, part, name === undefined)
      const parameter = new Parameter(spec.name, spec.shape, trained)
      parameters.set(spec.name, parameter)
      parameter.write(values)
    }
  } catch (error) {
    for (const parameter of parameters.values()) parameter.dispose()
    throw error
  }
  return parameters
}
