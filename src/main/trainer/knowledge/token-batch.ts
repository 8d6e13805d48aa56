import { padBatch, type TokenizedRows } from '../../data/tokenized'
import type { TokenBatch } from '../../nn/session'
import { toTokenBatch } from '../session'
import { structureOf } from './token-trees'
import type { TripleInjector } from './triples'

/**
 * Rows as a model takes them, with what the graph says of them where there is an injector. A batch in
 * which no row has an entity stays a plain one, which fused kernels compute without padding.
 */
export function tokenBatch(
  tokens: TokenizedRows,
  rows: Int32Array,
  padId: number,
  injector: TripleInjector | undefined,
): TokenBatch {
  const plain = (): TokenBatch => toTokenBatch(padBatch(tokens, rows, padId))
  if (injector === undefined) return plain()
  const injected = injector.inject(tokens, rows)
  if (injected.triples.every((own) => own.length === 0)) return plain()
  const all = Int32Array.from({ length: rows.length }, (_, row) => row)
  const batch = toTokenBatch(padBatch(injected.tokens, all, padId))
  return { ...batch, structure: structureOf(injected, batch.length) }
}
