import type { Priors } from '@shared/domain'

export const noPriors: Priors = { shares: {}, forbidden: [], implied: [], hierarchy: {} }

/** null where nothing is stated, as a pack without priors.yaml has it. */
export function statedPriors(priors: Priors): Priors | null {
  const isEmpty =
    Object.keys(priors.shares).length === 0 &&
    priors.forbidden.length === 0 &&
    priors.implied.length === 0 &&
    Object.keys(priors.hierarchy).length === 0
  return isEmpty ? null : priors
}

/** A record with a key written, or taken out with null; keys stand in the order of `labels`. */
export function withKey<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value | null,
  labels: readonly string[],
): Readonly<Record<string, Value>> {
  const others = Object.entries(record).filter(([each]) => each !== key)
  const entries: readonly (readonly [string, Value])[] =
    value === null ? others : [...others, [key, value]]
  const place = (label: string): number => {
    const at = labels.indexOf(label)
    return at < 0 ? labels.length : at
  }
  return Object.fromEntries([...entries].sort(([a], [b]) => place(a) - place(b)))
}

export const sumOf = (shares: Readonly<Record<string, number>>): number =>
  Object.values(shares).reduce((sum, share) => sum + share, 0)

/** Shares that sum to 1 within what four decimals can say. */
export const isWhole = (sum: number): boolean => Math.abs(sum - 1) < 5e-4

/** Shares of counts, to four decimals, that sum to exactly 1: the largest takes what rounding left. */
export function sharesOf(
  counts: readonly { readonly label: string; readonly count: number }[],
): Readonly<Record<string, number>> {
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return {}
  const rounded = counts.map(({ label, count }) => ({
    label,
    parts: Math.round((count / total) * 1e4),
  }))
  const left = 1e4 - rounded.reduce((sum, { parts }) => sum + parts, 0)
  const largest = rounded.reduce((best, each) => (each.parts > best.parts ? each : best))
  return Object.fromEntries(
    rounded.map((each) => [each.label, (each.parts + (each === largest ? left : 0)) / 1e4]),
  )
}
