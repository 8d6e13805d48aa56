import type { Recipe } from '@shared/domain'

/** What is trained as the value of a choice: `all`, `head`, `auto` or a number of layers. */
export function partKey(value: unknown): string | null {
  if (value === 'all' || value === 'head' || value === 'auto') return value
  if (typeof value !== 'object' || value === null || !('lastLayers' in value)) return null
  return String(value.lastLayers)
}

export const partOf = (key: string): Recipe['train'] =>
  key === 'all' || key === 'head' || key === 'auto' ? key : { lastLayers: Number(key) }
