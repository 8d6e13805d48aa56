import { padBatch } from '../data/tokenized'
import { createOptimizer, type Optimizer } from '../nn/optimizers/optimizer'
import type { Session, TokenBatch } from '../nn/session'
import { device } from '../nn/tf'
import type { NamedArray } from './arrays'
import { featureFile, frozenFeatures, gatherFeatures, type Features } from './features'
import { openSession, partOf, toTokenBatch } from './session'
import type { CreateTrainee, TraineeParts } from './setup'
import { gatherTargets } from './targets'
import type { MicroStep, Trainee } from './trainee'

/**
 * The pre-trained model of a run with a head for its labels, ready to train. When only the head is
 * trained, the layers below are computed once for all rows, in evaluation mode, and kept on disk.
 */
export const createModel: CreateTrainee = async (parts) => {
  const { folder, precision, kept } = parts
  const { recipe, task, labels } = folder.manifest
  const session = await openSession(folder.modelFolder, {
    task,
    labels,
    pooling: recipe.head.pooling,
    part: partOf(recipe.train),
    dropout: recipe.dropout,
    precision,
    initSeed: recipe.seeds.init,
  })
  // What is trained follows from the model's folder, so the checkpoint's weights come second.
  if (kept !== undefined) session.assign(kept.weights)
  const optimizer = createOptimizer({ ...recipe.optimizer, decayOf: 'weights' }, session.parameters)
  if (kept !== undefined) optimizer.restore(kept.optimizer)
  const features = recipe.train === 'head' ? await featuresOf(parts, session) : undefined
  const { tensorflow, kind } = device()
  return {
    trainee: new Model(parts, session, optimizer, features),
    runtime: { tensorflow, device: kind },
  }
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
    path,
    data.tokens.lengths,
    session.featureWidth,
    (rows) => session.embeddings(batchOf(parts, rows)),
    whileComputing,
  )
}

const batchOf = ({ data }: TraineeParts, rows: Int32Array): TokenBatch =>
  toTokenBatch(padBatch(data.tokens, rows, data.tokenizer.padId))

class Model implements Trainee {
  constructor(
    private readonly parts: TraineeParts,
    private readonly session: Session,
    private readonly optimizer: Optimizer,
    private readonly features: Features | undefined,
  ) {}

  get trainableParameters(): number {
    return this.session.summary.trainable
  }

  tokens(rows: Int32Array): number {
    return rows.reduce((sum, row) => sum + (this.parts.data.tokens.lengths[row] ?? 0), 0)
  }

  weight(rows: Int32Array): number {
    return this.rowWeights(rows)?.reduce((sum, weight) => sum + weight, 0) ?? rows.length
  }

  accumulate(rows: Int32Array, share: number, at: MicroStep) {
    const { recipe } = this.parts.folder.manifest
    const targets = gatherTargets(this.parts.data.targets, rows)
    const context = {
      ...at,
      dropoutSeed: recipe.seeds.dropout,
      scale: share,
      rowWeights: this.rowWeights(rows),
      labelSmoothing: recipe.loss.labelSmoothing,
    }
    if (this.features === undefined) {
      return this.session.accumulate(batchOf(this.parts, rows), targets, context)
    }
    const features = gatherFeatures(this.features, rows)
    return this.session.accumulateHead(features, rows.length, targets, context)
  }

  apply(learningRate: number) {
    const clipNorm = this.parts.folder.manifest.recipe.clip ?? undefined
    return this.session.apply(this.optimizer, { learningRate, clipNorm })
  }

  logits(rows: Int32Array): Float32Array {
    if (this.features === undefined) return this.session.logits(batchOf(this.parts, rows))
    return this.session.logitsFromFeatures(gatherFeatures(this.features, rows), rows.length)
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

  optimizerState() {
    return this.optimizer.state()
  }

  dispose(): void {
    this.optimizer.dispose()
    this.session.dispose()
  }

  /** Class weights of the rows; undefined when all weigh the same. */
  private rowWeights(rows: Int32Array): Float32Array | undefined {
    const { classWeights, targets } = this.parts.data
    if (classWeights === null || targets.kind !== 'classes') return undefined
    return Float32Array.from(rows, (row) => classWeights[targets.values[row] ?? 0] ?? 0)
  }
}
