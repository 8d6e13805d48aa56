import type { Prediction, PredictionInput } from '@shared/domain/prediction'
import type { PredictorSource, TrainerMessage } from '@shared/trainer'
import { evaluationBatches } from '../data/batches'
import { padBatch } from '../data/tokenized'
import { tokenizeRows } from '../data/tokenize'
import { loadTokenizer, type TextTokenizer } from '../data/tokenizer'
import type { Session } from '../nn/session'
import { locate, type FineTuned } from './fine-tuned'
import { describeFailure } from './failure'
import { interpret } from './interpret'
import type { CommandQueue } from './command-queue'
import { openSession, toTokenBatch } from './session'

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

/** Loads a fine-tuned model and its tokeniser. The caller disposes of it. */
export async function openPredictor(model: FineTuned): Promise<Predictor> {
  const tokenizer = await loadTokenizer(model.folder)
  const session = await openSession(model.folder, {
    task: model.task,
    labels: model.labels,
    pooling: model.pooling,
    part: { kind: 'head' },
    dropout: null,
    precision: 'float32',
    initSeed: 0,
  })
  return {
    predict: (inputs) => predict(model, tokenizer, session, inputs),
    dispose: () => {
      session.dispose()
    },
  }
}

async function predict(
  model: FineTuned,
  tokenizer: TextTokenizer,
  session: Session,
  inputs: readonly PredictionInput[],
): Promise<readonly Prediction[]> {
  const maxLength = Math.min(model.maxLength ?? Infinity, tokenizer.maxLength ?? Infinity, 4096)
  const tokens = await tokenizeRows(tokenizer, inputs, { maxLength, cacheFolder: null })
  const predictions: Prediction[] = []
  for (const rows of evaluationBatches({ lengths: tokens.lengths })) {
    const logits = session.logits(toTokenBatch(padBatch(tokens, rows, tokenizer.padId)))
    const outputs = logits.length / rows.length
    rows.forEach((row, index) => {
      const own = Array.from(logits.subarray(index * outputs, (index + 1) * outputs))
      const { label, probabilities } = interpret(own, model.task, model.labels)
      predictions[row] = {
        label,
        labels: model.labels,
        logits: own,
        probabilities,
        tokens: tokens.lengths[row] ?? 0,
        truncated: tokens.truncated[row] === 1,
      }
    })
  }
  return predictions
}
