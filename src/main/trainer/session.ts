import { join } from 'node:path'
import { z } from 'zod'
import type { Recipe } from '@shared/domain/recipe'
import type { PaddedBatch } from '../data/tokenized'
import { openWeights } from '../formats/weights'
import {
  createSession,
  scoreFeaturesOf,
  type Session,
  type SessionOptions,
  type SessionTask,
  type TokenBatch,
} from '../nn/session'
import { readJsonFile } from '../platform/json'

export interface FolderSession {
  readonly task: SessionTask
  readonly labels: readonly string[]
  readonly pooling: Recipe['head']['pooling']
  readonly part: SessionOptions['part']
  readonly dropout: number | null
  readonly precision: SessionOptions['precision']
  readonly initSeed: number
  /** Scores that join the head; `saved`: as the folder's weights say. */
  readonly scores?: SessionOptions['scores'] | 'saved'
}

/** Opens the model of a Hugging Face folder. Throws the codes of configuration and weights. */
export async function openSession(folder: string, options: FolderSession): Promise<Session> {
  const config = await readJsonFile(
    join(folder, 'config.json'),
    z.record(z.string(), z.unknown()),
    'model.configInvalid',
  )
  const weights = await openWeights(folder)
  try {
    return await createSession({
      ...options,
      scores: options.scores === 'saved' ? scoreFeaturesOf(weights.tensors) : options.scores,
      dropout: options.dropout ?? undefined,
      config,
      weights,
    })
  } finally {
    await weights.close()
  }
}

export const partOf = (train: Recipe['train']): SessionOptions['part'] =>
  train === 'auto'
    ? { kind: 'all' }
    : typeof train === 'string'
      ? { kind: train }
      : { kind: 'lastLayers', count: train.lastLayers }

/** A padded batch under the names that a session has for its matrices. */
export const toTokenBatch = (batch: PaddedBatch): TokenBatch => ({
  ids: batch.inputIds,
  mask: batch.attentionMask,
  typeIds: batch.tokenTypeIds,
  rows: batch.rows,
  length: batch.length,
})
