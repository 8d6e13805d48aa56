/**
 * A number as people type it: `5e-5`, `0,1`, `1 000`. null for an empty text, undefined for what is
 * no number.
 */
export function parseNumber(text: string): number | null | undefined {
  const plain = text.replace(/[\s_]/g, '').replace('−', '-').replace(',', '.')
  if (plain === '') return null
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined
  return Number(plain)
}

/** A number as it is typed: no grouping, powers of ten as `5e-5`. */
export function plainNumber(value: number | null): string {
  if (value === null || Number.isNaN(value)) return ''
  const size = Math.abs(value)
  return size !== 0 && size < 1e-3 ? value.toExponential() : String(value)
}
