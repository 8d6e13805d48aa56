import type { FusionSummary, PredictionMethod } from '@shared/domain/knowledge'
import { fitFusion, type FusionInput } from '../../knowledge/fusion/fit'
import type { FittedFusion } from '../../knowledge/fusion/fitted'
import { nearest } from '../../knowledge/fusion/neighbours'
import { createPredictor } from '../../knowledge/predictor'
import type { KnowledgePredictor } from '../../knowledge/predictor-types'
import { safeLog } from '../../knowledge/softmax'
import { tableRows } from '../../knowledge/table-rows'
import type { NeighbourFiles } from '../../formats/neighbours'
import type { RunFolder } from '../manifest'
import type { Prepared } from '../prepare'
import type { Trainee } from '../trainee'
import type { Knowledge } from './context'
import type { HeldOutAnswers } from './held-out'
import { writeKnowledgeFolder } from './knowledge-folder'
import { leastValidation, type Strategy } from './strategy'

/** Rows whose answers stand for the population that will be asked about. */
const mostUnlabelled = 2000

export interface RunFusionParts {
  readonly folder: RunFolder
  readonly data: Prepared
  readonly knowledge: Knowledge
  readonly methods: readonly PredictionMethod[]
  readonly strategy: Strategy | undefined
}

/** What a run's knowledge does when it predicts: fitted when training is done, then applied. */
export class RunFusion {
  private predictor: KnowledgePredictor | undefined
  private fitted: FittedFusion | undefined
  private neighbours: NeighbourFiles | null = null

  constructor(private readonly parts: RunFusionParts) {}

  /** Fits all weights on labelled rows that the model has not learned. */
  fit(trainee: Trainee): FusionSummary {
    const { data, knowledge, methods, folder, strategy } = this.parts
    const { labels } = folder.manifest
    const { content, compiled, scores, choice } = knowledge
    const asked = methods.find((method) => method.use === 'neighbours')
    const held = this.heldOut(trainee, asked?.use === 'neighbours' ? asked.k : 0)
    const y = held.rows.map((row) => data.targets.values[row] ?? 0)
    const { fitted, trials } = fitFusion({
      task: 'single-label',
      labels,
      pieces: compiled.pieces,
      logits: held.logits,
      table: tableRows(scores, held.rows),
      y,
      methods,
      ...(held.neighbours.length > 0 ? { neighbours: held.neighbours } : {}),
      ...this.population(trainee),
      priors: content.priors,
      labelMap: choice.labels,
      without: choice.without,
      seed: folder.manifest.recipe.seeds.data,
    } satisfies FusionInput)
    this.fitted = fitted
    this.neighbours = fitted.neighbours === null ? null : this.store(trainee)
    this.predictor = createPredictor({ fusion: fitted, content, neighbours: this.neighbours })
    const chosen = trials.find((trial) => trial.chosen)
    return {
      candidates: [
        ...(strategy?.candidates ?? []),
        ...trials.map((trial) => ({
          ...trial,
          name: `prediction: ${trial.name}`,
          description: 'Weights of the pieces at prediction, cross-fitted on held-out rows.',
        })),
      ],
      reason: [
        ...(strategy === undefined ? [] : [strategy.reason]),
        ...(chosen === undefined ? [] : [`At prediction: ${chosen.name}.`]),
      ].join(' '),
      training: (strategy?.training ?? []).map(({ use }) => use),
      weights: fitted.weights.map(({ piece, weight }) => ({ piece, weight })),
      temperature: fitted.calibration?.temperature ?? 1,
      labelledRows: held.rows.length,
      unlabelledRows: data.parts.unlabelled.length,
    }
  }

  /** Log-probabilities [rows, classes] after the knowledge: rows by position, logits of the model. */
  async apply(rows: Int32Array, logits: Float32Array, trainee: Trainee): Promise<Float32Array> {
    const { predictor } = this
    if (predictor === undefined) return logits
    const { data, folder } = this.parts
    const classes = folder.manifest.labels.length
    const vectors = predictor.neighbours ? trainee.embeddings(rows) : undefined
    const width = vectors === undefined ? 0 : vectors.length / rows.length
    const fused = new Float32Array(logits.length)
    rows.forEach((position, index) => {
      const row = data.rows[position]
      const { probabilities } = predictor.predict({
        text: row?.text ?? '',
        pair: row?.pair ?? null,
        columns: row?.columns ?? {},
        logits: logits.subarray(index * classes, (index + 1) * classes),
        ...(vectors && { embedding: vectors.subarray(index * width, (index + 1) * width) }),
      })
      fused.set(probabilities.map(safeLog), index * classes)
    })
    return fused
  }

  /** Puts pack, weights and neighbours beside the trained weights. */
  async save(modelFolder: string): Promise<void> {
    const { packFolder } = this.parts.folder
    if (this.fitted === undefined || packFolder === null) return
    await writeKnowledgeFolder(modelFolder, packFolder, this.fitted, this.neighbours)
  }

  private heldOut(trainee: Trainee, neighbours: number): HeldOutAnswers {
    const { data, strategy } = this.parts
    const { validation } = data.parts
    const kept = strategy?.heldOut
    if (validation.length < leastValidation && kept !== undefined && kept !== null) {
      return {
        rows: Int32Array.from(kept.rows),
        logits: Float32Array.from(kept.logits),
        neighbours: kept.neighbours,
      }
    }
    return {
      rows: validation,
      logits: trainee.logits(validation),
      neighbours: neighbours === 0 ? [] : this.neighboursOf(trainee, validation, neighbours),
    }
  }

  private neighboursOf(trainee: Trainee, rows: Int32Array, count: number) {
    const { data } = this.parts
    const { train } = data.parts
    const keys = trainee.embeddings(train)
    const queries = trainee.embeddings(rows)
    const width = keys.length / train.length
    return Array.from(rows, (_, index) =>
      nearest(queries.subarray(index * width, (index + 1) * width), keys, count, 'cosine').map(
        ({ row, distance }) => {
          const position = train[row] ?? 0
          const { id = 0, text = '' } = data.rows[position] ?? {}
          return { id: String(id), text, labels: [data.targets.values[position] ?? 0], distance }
        },
      ),
    )
  }

  /** Unlabelled rows, for the class shares of a new population. */
  private population(trainee: Trainee): Pick<FusionInput, 'unlabelled'> {
    const { data, knowledge, methods } = this.parts
    if (!methods.some((method) => method.use === 'prior-shift' && method.to === 'estimated'))
      return {}
    const rows = data.parts.unlabelled.slice(0, mostUnlabelled)
    if (rows.length === 0) return {}
    return {
      unlabelled: { logits: trainee.logits(rows), table: tableRows(knowledge.scores, rows) },
    }
  }

  private store(trainee: Trainee): NeighbourFiles {
    const { data, folder } = this.parts
    const { train } = data.parts
    const keys = trainee.embeddings(train)
    return {
      keys,
      width: keys.length / train.length,
      rows: Array.from(train, (position) => {
        const { id = 0, text = '' } = data.rows[position] ?? {}
        const label = folder.manifest.labels[data.targets.values[position] ?? 0] ?? ''
        return { id: String(id), text, labels: [label] }
      }),
    }
  }
}
