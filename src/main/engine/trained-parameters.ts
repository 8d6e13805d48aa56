import type { Recipe } from '@shared/domain'

const layerOf = /\b(?:layer|layers|h)\.(\d+)\./
const headOf = /^(?:classifier|pre_classifier|score|cls|qa_outputs|vocab_|lm_head)\b/
const poolerOf = /(^|\.)pooler\./

/**
 * Whether a recipe would train a parameter of a checkpoint. A head of the checkpoint's own is
 * replaced by a new one, so it is not trained; the pooler goes with the layers below it.
 */
export function isTrained(name: string, part: Recipe['train'], layers: number): boolean {
  if (headOf.test(name)) return false
  if (part === 'all' || part === 'auto') return true
  if (part === 'head') return false
  const layer = layerOf.exec(name)?.[1]
  if (layer !== undefined) return Number(layer) >= layers - part.lastLayers
  return poolerOf.test(name)
}
