import type { FusionSummary, PredictionMethod } from '@shared/domain/knowledge'
import { fitFusion, type FusionInput } from '../../knowledge/fusion/fit'
import type { FittedFusion } from '../../knowledge/fusion/fitted'
import { neighbourFinder, type Neighbour } from '../../knowledge/fusion/neighbours'
import { createPredictor } from '../../knowledge/predictor'
import type { KnowledgePredictor } from '../../knowledge/predictor-types'
import { safeLog } from '../../knowledge/softmax'
import type { ScoreTable } from '../../knowledge/types'
import { tableRows } from '../../knowledge/table-rows'
import type { NeighbourFiles } from '../../formats/neighbours'
import { computeSomeRows } from '../compute-rows'
import type { RunFolder } from '../manifest'
import type { Prepared } from '../prepare'
import type { Trainee } from '../trainee'
import { unprovenPieces } from './agreement'
import { labelledRows } from './labelled-rows'
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

interface RowAnswers {
  /** [rows, classes] */
  readonly logits: (rows: Int32Array) => Promise<Float32Array>
  /** [rows, width] */
  readonly embeddings: (rows: Int32Array) => Promise<Float32Array>
  readonly width: number
  readonly whileComputing: () => Promise<void>
}

/** Rows that neighbours are looked for between two looks at what else is asked of the run. */
const searchedAtOnce = 64

/** What a run's knowledge does when it predicts: fitted when training is done, then applied. */
export class RunFusion {
  private predictor: KnowledgePredictor | undefined
  private fitted: FittedFusion | undefined
  private neighbours: NeighbourFiles | null = null

  constructor(private readonly parts: RunFusionParts) {}

  /**
   * Fits all weights on labelled rows that the model has not learned. `whileComputing` is awaited
   * between batches of rows; what it throws ends the work, here and in `apply`.
   */
  async fit(trainee: Trainee, whileComputing: () => Promise<void>): Promise<FusionSummary> {
    const { data, knowledge, methods, folder, strategy } = this.parts
    const { labels } = folder.manifest
    const { content, compiled, scores, choice } = knowledge
    const asked = methods.find((method) => method.use === 'neighbours')
    const answers = this.answersOf(trainee, whileComputing)
    const held = await this.heldOut(answers, asked?.use === 'neighbours' ? asked.k : 0)
    const table = tableRows(scores, held.rows)
    const y = held.rows.map((row) => data.targets.values[row] ?? 0)
    const { fitted, trials } = fitFusion({
      task: 'single-label',
      labels,
      pieces: compiled.pieces,
      logits: held.logits,
      table,
      y,
      methods,
      ...(held.neighbours.length > 0 ? { neighbours: held.neighbours } : {}),
      ...(await this.population(answers)),
      priors: content.priors,
      labelMap: choice.labels,
      without: choice.without,
      idle: this.idlePieces(),
      seed: folder.manifest.recipe.seeds.data,
    } satisfies FusionInput)
    this.fitted = fitted
    this.neighbours = fitted.neighbours === null ? null : await this.store(answers)
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
      weights: fitted.weights.map(({ piece, weight }, at) => ({
        ...{ piece, weight },
        rows: rowsOf(table, at),
      })),
      temperature: fitted.calibration?.temperature ?? 1,
      labelledRows: held.rows.length,
      unlabelledRows: data.parts.unlabelled.length,
    }
  }

  /** Log-probabilities [rows, classes] after the knowledge: rows by position, logits of the model. */
  async apply(
    rows: Int32Array,
    logits: Float32Array,
    trainee: Trainee,
    whileComputing: () => Promise<void>,
  ): Promise<Float32Array> {
    const { predictor } = this
    if (predictor === undefined) return logits
    const { data, folder } = this.parts
    const classes = folder.manifest.labels.length
    const { embeddings, width } = this.answersOf(trainee, whileComputing)
    const vectors = predictor.neighbours ? await embeddings(rows) : undefined
    const fused = new Float32Array(logits.length)
    for (const [index, position] of rows.entries()) {
      if (index % searchedAtOnce === 0) await whileComputing()
      const row = data.rows[position]
      const { probabilities } = predictor.predict({
        text: row?.text ?? '',
        pair: row?.pair ?? null,
        columns: row?.columns ?? {},
        logits: logits.subarray(index * classes, (index + 1) * classes),
        ...(vectors && { embedding: vectors.subarray(index * width, (index + 1) * width) }),
      })
      fused.set(probabilities.map(safeLog), index * classes)
    }
    return fused
  }

  /** Puts pack, weights and neighbours beside the trained weights. */
  async save(modelFolder: string): Promise<void> {
    if (this.fitted === undefined) return
    const { content } = this.parts.knowledge
    await writeKnowledgeFolder(modelFolder, content, this.fitted, this.neighbours)
  }

  /** Where weights are fitted, pieces that the labelled rows show to be no better than chance. */
  private idlePieces(): ReadonlySet<number> {
    const { data, knowledge, methods } = this.parts
    const posterior = methods.find(({ use }) => use === 'posterior')
    if (posterior?.use !== 'posterior' || posterior.lambda !== 'auto') return new Set()
    const { rows, y } = labelledRows(data)
    return unprovenPieces(tableRows(knowledge.scores, rows), y)
  }

  /** The model's answers for any number of rows, batch by batch. */
  private answersOf(trainee: Trainee, whileComputing: () => Promise<void>): RowAnswers {
    const { data, folder } = this.parts
    const compute = (rows: Int32Array, width: number, of: (some: Int32Array) => Float32Array) =>
      computeSomeRows(rows, data.tokens.lengths, width, of, whileComputing)
    const width = trainee.embeddingWidth
    return {
      ...{ width, whileComputing },
      logits: (rows) =>
        compute(rows, folder.manifest.labels.length, (some) => trainee.logits(some)),
      embeddings: (rows) => compute(rows, width, (some) => trainee.embeddings(some)),
    }
  }

  private async heldOut(answers: RowAnswers, neighbours: number): Promise<HeldOutAnswers> {
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
      logits: await answers.logits(validation),
      neighbours: neighbours === 0 ? [] : await this.neighboursOf(answers, validation, neighbours),
    }
  }

  private async neighboursOf(
    { embeddings, width, whileComputing }: RowAnswers,
    rows: Int32Array,
    count: number,
  ): Promise<readonly (readonly Neighbour[])[]> {
    const { data } = this.parts
    const { train } = data.parts
    const find = neighbourFinder(await embeddings(train), width, 'cosine')
    const queries = await embeddings(rows)
    const found: (readonly Neighbour[])[] = []
    for (let at = 0; at < rows.length; at += 1) {
      if (at % searchedAtOnce === 0) await whileComputing()
      const query = queries.subarray(at * width, (at + 1) * width)
      found.push(
        find(query, count).map(({ row, distance }) => {
          const position = train[row] ?? 0
          const { id = 0, text = '' } = data.rows[position] ?? {}
          return { id: String(id), text, labels: [data.targets.values[position] ?? 0], distance }
        }),
      )
    }
    return found
  }

  /** Unlabelled rows, for the class shares of a new population. */
  private async population({ logits }: RowAnswers): Promise<Pick<FusionInput, 'unlabelled'>> {
    const { data, knowledge, methods } = this.parts
    const asked = methods.find((method) => method.use === 'prior-shift')
    if (asked?.use !== 'prior-shift') return {}
    if (asked.to !== 'estimated' && asked.weight !== 'auto') return {}
    const rows = data.parts.unlabelled.slice(0, mostUnlabelled)
    if (rows.length === 0) return {}
    return {
      unlabelled: { logits: await logits(rows), table: tableRows(knowledge.scores, rows) },
    }
  }

  private async store({ embeddings, width }: RowAnswers): Promise<NeighbourFiles> {
    const { data, folder } = this.parts
    const { train } = data.parts
    return {
      keys: await embeddings(train),
      width,
      rows: Array.from(train, (position) => {
        const { id = 0, text = '' } = data.rows[position] ?? {}
        const label = folder.manifest.labels[data.targets.values[position] ?? 0] ?? ''
        return { id: String(id), text, labels: [label] }
      }),
    }
  }
}

/** Rows of a table in which a piece speaks. */
function rowsOf({ rows, pieces, labels, scores }: ScoreTable, piece: number): number {
  let spoken = 0
  for (let row = 0; row < rows; row += 1) {
    const from = (row * pieces + piece) * labels
    if (scores.subarray(from, from + labels).some((score) => score !== 0)) spoken += 1
  }
  return spoken
}
