import type { Prediction, PredictionInput } from '@shared/domain/prediction'
import type { PredictorSource, TrainerMessage } from '@shared/trainer'
import { evaluationBatches } from '../data/batches'
import { tokenizeRows } from '../data/tokenize'
import { loadTokenizer, type TextTokenizer } from '../data/tokenizer'
import type { KnowledgePredictor } from '../knowledge/predictor-types'
import type { KnowledgeRow } from '../knowledge/types'
import type { Session } from '../nn/session'
import { locate, type FineTuned } from './fine-tuned'
import { describeFailure } from './failure'
import { interpret } from './interpret'
import type { CommandQueue } from './command-queue'
import { openKnowledgeFolder } from './knowledge/knowledge-folder'
import { openInputPack, type ModelInputs } from './knowledge/input-pack'
import { tokenBatch } from './knowledge/token-batch'
import { openSession } from './session'

/** A predictor that nobody asked for so long ends; the next question starts another. */
const idleMs = 5 * 60_000

/** Loads a fine-tuned model and answers questions about texts, until `exit` or a long silence. */
export async function servePredictor(
  source: PredictorSource,
  queue: CommandQueue,
  send: (message: TrainerMessage) => void,
): Promise<void> {
  const predictor = await openPredictor(await locate(source))
  send({ type: 'predictor.ready' })
  try {
    for (;;) {
      const command = await queue.next(idleMs)
      if (command === undefined || command.type === 'exit') return
      if (command.type !== 'predict') continue
      try {
        const predictions = await predictor.predict(command.inputs)
        send({ type: 'predicted', id: command.id, predictions })
      } catch (error) {
        send({ type: 'refused', id: command.id, error: describeFailure(error) })
      }
    }
  } finally {
    predictor.dispose()
  }
}

export interface Predictor {
  /** One prediction an input, in their order. */
  predict(inputs: readonly PredictionInput[]): Promise<readonly Prediction[]>
  dispose(): void
}

/** What a predictor is made of. */
interface Loaded {
  readonly model: FineTuned
  readonly tokenizer: TextTokenizer
  readonly session: Session
  /** What the run's knowledge does to answers; undefined: nothing. */
  readonly knowledge: KnowledgePredictor | undefined
  /** What the model takes from its pack besides the text. */
  readonly taken: ModelInputs
}

/** Loads a fine-tuned model, its tokeniser and its knowledge. The caller disposes of it. */
export async function openPredictor(model: FineTuned): Promise<Predictor> {
  const knowledge = await openKnowledgeFolder(model.folder)
  const tokenizer = await loadTokenizer(model.folder)
  const taken = await openInputPack(model.folder, model.labels, tokenizer)
  const session = await openSession(model.folder, {
    task: model.task,
    labels: model.labels,
    pooling: model.pooling,
    part: { kind: 'head' },
    dropout: null,
    precision: 'float32',
    initSeed: 0,
    scores: 'saved',
  })
  return {
    predict: (inputs) => predict({ model, tokenizer, session, knowledge, taken }, inputs),
    dispose: () => {
      session.dispose()
    },
  }
}

async function predict(
  { model, tokenizer, session, knowledge, taken }: Loaded,
  inputs: readonly PredictionInput[],
): Promise<readonly Prediction[]> {
  const maxLength = Math.min(model.maxLength ?? Infinity, tokenizer.maxLength ?? Infinity, 4096)
  const tokens = await tokenizeRows(tokenizer, inputs, { maxLength, cacheFolder: null })
  const predictions: Prediction[] = []
  for (const rows of evaluationBatches({ lengths: tokens.lengths })) {
    const batch = tokenBatch(tokens, rows, tokenizer.padId, taken.injector)
    const asked = Array.from(rows, (row) => knowledgeRow(inputs[row]))
    const logits = session.logits(batch, undefined, taken.scores?.(asked))
    const vectors = knowledge?.neighbours === true ? session.embeddings(batch) : undefined
    const outputs = logits.length / rows.length
    const width = vectors === undefined ? 0 : vectors.length / rows.length
    rows.forEach((row, index) => {
      const own = Array.from(logits.subarray(index * outputs, (index + 1) * outputs))
      const embedding = vectors?.subarray(index * width, (index + 1) * width)
      predictions[row] = {
        ...answer({ model, knowledge }, inputs[row], own, embedding),
        labels: model.labels,
        logits: own,
        tokens: tokens.lengths[row] ?? 0,
        truncated: tokens.truncated[row] === 1,
      }
    })
  }
  return predictions
}

const knowledgeRow = (input: PredictionInput | undefined): KnowledgeRow => ({
  text: input?.text ?? '',
  pair: input?.pair ?? null,
  columns: input?.columns ?? {},
})

/** What the logits of one row say, and what knowledge makes of it. */
function answer(
  { model, knowledge }: Pick<Loaded, 'model' | 'knowledge'>,
  input: PredictionInput | undefined,
  logits: readonly number[],
  embedding: Float32Array | undefined,
): Pick<Prediction, 'label' | 'probabilities' | 'provenance'> {
  if (knowledge === undefined || input === undefined) {
    const { label, probabilities } = interpret(logits, model.task, model.labels)
    return { label, probabilities, provenance: null }
  }
  const { label, probabilities, provenance } = knowledge.predict({
    ...{ text: input.text, pair: input.pair, columns: input.columns ?? {}, logits },
    ...(embedding && { embedding }),
  })
  return { label, probabilities, provenance }
}
