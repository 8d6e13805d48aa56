import { WeightAverage } from '../nn/optimizers/average'
import { LossScale } from '../nn/optimizers/loss-scale'
import { createOptimizer, type Optimizer } from '../nn/optimizers/optimizer'
import type { AttributionTerm, Session, TokenBatch } from '../nn/session'
import { device } from '../nn/tf'
import type { NamedArray } from './arrays'
import type { Activations } from './activations'
import { choiceState, frozenActivations } from './frozen'
import { featureFile, frozenFeatures, gatherFeatures, type Features } from './features'
import { createTerms } from './knowledge/create-terms'
import { rowScores, type RowScores } from './knowledge/features'
import type { TermModel, TermPass, TrainingTerms } from './knowledge/terms'
import { tokenBatch } from './knowledge/token-batch'
import { joinChanged } from './knowledge/twins'
import { openSession, partOf } from './session'
import type { CreateTrainee, TraineeParts } from './setup'
import { gatherTargets } from './targets'
import type { AppliedStep, MicroStep, Trainee } from './trainee'

/**
 * The pre-trained model of a run with a head for its labels, ready to train. When only the head is
 * trained, the layers below are computed once for all rows, in evaluation mode, and kept on disk.
 */
export const createModel: CreateTrainee = async (parts) => {
  const { folder, precision, kept, training } = parts
  const { recipe, task, labels } = folder.manifest
  const scores = training && rowScores(training.knowledge, training.methods)
  const terms = termsOf(parts)
  const session = await openSession(folder.modelFolder, {
    task,
    labels,
    pooling: recipe.head.pooling,
    part: partOf(recipe.train),
    dropout: recipe.dropout,
    precision,
    initSeed: recipe.seeds.init,
    scores: scores?.features,
  })
  // What is trained follows from the model's folder, so other weights come second.
  const known = kept?.weights ?? parts.start
  if (known !== undefined) session.assign(known)
  const optimizer = createOptimizer({ ...recipe.optimizer, decayOf: 'weights' }, session.parameters)
  if (kept !== undefined) optimizer.restore(kept.optimizer)
  const average =
    recipe.ema === null ? undefined : new WeightAverage(session.parameters, recipe.ema)
  if (kept !== undefined) average?.restore(kept.optimizer)
  const lossScale = precision === 'float16' ? new LossScale(recipe.lossScaling) : undefined
  if (kept !== undefined) lossScale?.restore(kept.optimizer)
  const features = recipe.train === 'head' ? await featuresOf(parts, session) : undefined
  const activations = parts.ownBackbone
    ? undefined
    : await frozenActivations(parts, session, (rows) =>
        session.frozenActivations(batchOf(parts, rows)),
      )
  const { tensorflow, kind } = device()
  return {
    trainee: new Model(parts, {
      ...{ session, optimizer, average, lossScale, features, activations, scores, terms },
    }),
    runtime: { tensorflow, device: kind },
  }
}

/** What a model under training consists of. */
interface Organs {
  readonly session: Session
  readonly optimizer: Optimizer
  readonly average: WeightAverage | undefined
  readonly lossScale: LossScale | undefined
  /** Of a frozen backbone, for its head. */
  readonly features: Features | undefined
  /** Of frozen layers, for those above. */
  readonly activations: Activations | undefined
  /** Of rows, where they join the head. */
  readonly scores: RowScores | undefined
  /** What knowledge adds to the loss. */
  readonly terms: TrainingTerms | undefined
}

function termsOf({ folder, data, training, totalSteps }: TraineeParts): TrainingTerms | undefined {
  if (training === undefined) return undefined
  const { recipe, task, labels } = folder.manifest
  return createTerms({
    ...{ ...training, data, task, labels, totalSteps },
    maxLength: Math.min(recipe.data.maxLength, data.tokenizer.maxLength ?? Infinity),
    batch: recipe.batch.size,
    seed: recipe.seeds.data,
  })
}

function featuresOf(parts: TraineeParts, session: Session): Promise<Features> {
  const { folder, data, precision, whileComputing } = parts
  const { modelHash, recipe } = folder.manifest
  const path = featureFile(folder.cacheFolder, {
    modelHash,
    pooling: recipe.head.pooling,
    precision,
    tokens: data.tokens,
  })
  return frozenFeatures(
    parts.ownBackbone ? null : path,
    data.tokens.lengths,
    session.featureWidth,
    (rows) => session.embeddings(batchOf(parts, rows)),
    whileComputing,
  )
}

const batchOf = ({ data, injector }: TraineeParts, rows: Int32Array): TokenBatch =>
  tokenBatch(data.tokens, rows, data.tokenizer.padId, injector)

class Model implements Trainee, TermModel {
  private readonly session: Session
  private readonly features: Features | undefined

  constructor(
    private readonly parts: TraineeParts,
    private readonly organs: Organs,
  ) {
    this.session = organs.session
    this.features = organs.features
  }

  get trainableParameters(): number {
    return this.session.summary.trainable
  }

  get embeddingWidth(): number {
    return this.session.featureWidth
  }

  tokens(rows: Int32Array): number {
    return rows.reduce((sum, row) => sum + (this.parts.data.tokens.lengths[row] ?? 0), 0)
  }

  weight(rows: Int32Array): number {
    return this.rowWeights(rows)?.reduce((sum, weight) => sum + weight, 0) ?? rows.length
  }

  accumulate(rows: Int32Array, share: number, at: MicroStep) {
    const { terms } = this.organs
    if (terms !== undefined) return terms.accumulate(this, rows, share, at)
    return this.pass({ rows, changed: [], labelled: true, extra: undefined, scale: share, at })
  }

  pass({ rows, changed, labelled, extra, scale, at }: TermPass) {
    const { recipe } = this.parts.folder.manifest
    const targets = labelled ? gatherTargets(this.parts.data.targets, rows) : undefined
    const context = {
      ...at,
      dropoutSeed: recipe.seeds.dropout,
      scale: scale * (this.organs.lossScale?.scale ?? 1),
      rowWeights: labelled ? this.rowWeights(rows) : undefined,
      labelSmoothing: recipe.loss.labelSmoothing,
      ...{ extra, scores: this.organs.scores?.of(rows) },
    }
    const own = rows.subarray(0, rows.length - changed.length)
    if (this.features === undefined) {
      const frozen = changed.length === 0 ? this.frozen(rows) : undefined
      return this.session.accumulate(this.batch(own, changed), targets, context, frozen)
    }
    const features = this.featuresOf(this.features, own, changed)
    return this.session.accumulateHead(features, rows.length, targets, context)
  }

  price(rows: Int32Array, termOf: (batch: TokenBatch) => AttributionTerm, share: number): number {
    const batch = batchOf(this.parts, rows)
    const scale = share * (this.organs.lossScale?.scale ?? 1)
    const scores = this.organs.scores?.of(rows)
    return this.session.accumulateAttribution(batch, termOf(batch), { scale, scores })
  }

  apply(learningRate: number): AppliedStep {
    const { optimizer, average, lossScale } = this.organs
    const clipNorm = this.parts.folder.manifest.recipe.clip ?? undefined
    const used = lossScale?.scale
    const applied = this.session.apply(optimizer, { learningRate, clipNorm, lossScale: used })
    const { terms } = this.organs
    const step = terms === undefined ? applied : { ...applied, terms: terms.takeValues() }
    if (!step.overflowed) average?.update()
    if (lossScale === undefined || used === undefined) return step
    lossScale.after(step.overflowed)
    // Without a scale to halve, the gradient itself is not a number: the run ends with that.
    return { ...step, skipped: step.overflowed && used > 1, lossScale: used }
  }

  showAverage(on: boolean): void {
    this.session.release()
    this.organs.average?.show(on)
  }

  logits(rows: Int32Array): Float32Array {
    const scores = this.organs.scores?.of(rows)
    if (this.features === undefined) {
      return this.session.logits(batchOf(this.parts, rows), this.frozen(rows), scores)
    }
    const features = gatherFeatures(this.features, rows)
    return this.session.logitsFromFeatures(features, rows.length, scores)
  }

  embeddings(rows: Int32Array): Float32Array {
    return this.features === undefined
      ? this.session.embeddings(batchOf(this.parts, rows))
      : gatherFeatures(this.features, rows)
  }

  /** Values are read from the device one by one, when they are written: memory stays flat. */
  *weights(): Iterable<NamedArray> {
    for (const parameter of this.session.parameters) {
      const { name, shape } = parameter
      yield {
        name,
        shape,
        get data() {
          return parameter.read()
        },
      }
    }
  }

  assign(weights: Iterable<NamedArray>): void {
    this.session.assign(weights)
  }

  *optimizerState(): Iterable<NamedArray> {
    const { optimizer, average, lossScale, activations } = this.organs
    yield* optimizer.state()
    if (average !== undefined) yield* average.state()
    if (lossScale !== undefined) yield lossScale.state()
    const { train } = this.parts.folder.manifest.recipe
    if (typeof train !== 'string') yield choiceState(activations !== undefined)
  }

  dispose(): void {
    const { optimizer, average, activations } = this.organs
    average?.dispose()
    optimizer.dispose()
    this.session.dispose()
    activations?.close()
  }

  /** Rows with changed ones behind them. */
  private batch(rows: Int32Array, changed: TermPass['changed']): TokenBatch {
    if (changed.length === 0) return batchOf(this.parts, rows)
    const { tokens, tokenizer } = this.parts.data
    const joined = joinChanged(tokens, rows, changed)
    const all = Int32Array.from({ length: joined.rows }, (_, row) => row)
    return tokenBatch(joined, all, tokenizer.padId, this.parts.injector)
  }

  /** The same as features of a frozen backbone: changed rows go through it. */
  private featuresOf(
    known: Features,
    rows: Int32Array,
    changed: TermPass['changed'],
  ): Float32Array {
    const own = gatherFeatures(known, rows)
    if (changed.length === 0) return own
    const others = this.session.embeddings(this.batch(new Int32Array(), changed))
    const all = new Float32Array(own.length + others.length)
    all.set(own)
    all.set(others, own.length)
    return all
  }

  /** What the frozen layers make of the rows, where it lies on disk. */
  private frozen(rows: Int32Array): Uint8Array | undefined {
    const { activations } = this.organs
    return activations?.covers(rows) === true ? activations.read(rows) : undefined
  }

  /** Class weights of the rows; undefined when all weigh the same. */
  private rowWeights(rows: Int32Array): Float32Array | undefined {
    const { classWeights, targets } = this.parts.data
    if (classWeights === null || targets.kind !== 'classes') return undefined
    return Float32Array.from(rows, (row) => classWeights[targets.values[row] ?? 0] ?? 0)
  }
}
