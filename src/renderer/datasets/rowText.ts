import type { DataRow } from '@shared/domain'

/** A row's label as text: several joined, numbers as they are, null for none. */
export function labelText({ label }: DataRow): string | null {
  if (label === null) return null
  return typeof label === 'string' || typeof label === 'number' ? String(label) : label.join(', ')
}
