import type { PackContent, Priors } from '@shared/domain'
import type { Path, Report } from './report'
import { labelFault } from './report'

/** How far stated shares may be from 1 in sum: people round to three places. */
const tolerance = 1e-3

export function checkPriors({ priors, labels }: PackContent, report: Report): void {
  if (priors === null) return
  const error = (path: Path, message: string): void =>
    report(
      'error',
      { path: ['priors', ...path], file: 'priors.yaml', field: path.join('.') },
      message,
    )
  checkShares(priors, labels, error, report)
  checkPairs(priors, labels, error)
  checkHierarchy(priors, labels, error)
}

type Refuse = (path: Path, message: string) => void

function checkShares(
  { shares }: Priors,
  labels: readonly string[],
  error: Refuse,
  report: Report,
): void {
  const entries = Object.entries(shares)
  if (entries.length === 0) return
  for (const [label, share] of entries) {
    const fault = labelFault(label, labels)
    if (fault !== null) error(['shares', label], fault)
    if (!(share >= 0 && share <= 1)) error(['shares', label], 'A share lies between 0 and 1.')
  }
  const sum = entries.reduce((all, [, share]) => all + share, 0)
  if (!(Math.abs(sum - 1) <= tolerance)) {
    error(['shares'], `The shares sum to ${Number(sum.toFixed(6))}; they have to sum to 1.`)
  }
  const missing = labels.filter((label) => !Object.hasOwn(shares, label))
  if (missing.length === 0) return
  const at = { path: ['priors', 'shares'], file: 'priors.yaml', field: 'shares' }
  report('warning', at, `Without a share, so never expected: ${missing.slice(0, 10).join(', ')}.`)
}

function checkPairs(
  { forbidden, implied }: Priors,
  labels: readonly string[],
  error: Refuse,
): void {
  const check = (name: 'forbidden' | 'implied', pairs: Priors['forbidden']): void =>
    pairs.forEach(([first, second], index) => {
      for (const label of [first, second]) {
        const fault = labelFault(label, labels)
        if (fault !== null) error([name, index], fault)
      }
      if (first === second) error([name, index], 'A pair is two different labels.')
    })
  check('forbidden', forbidden)
  check('implied', implied)
  implied.forEach(([first, second], index) => {
    const clash = forbidden.some(
      ([a, b]) => (a === first && b === second) || (a === second && b === first),
    )
    if (clash) error(['implied', index], `"${first}" and "${second}" are forbidden together.`)
  })
}

/** Every child is a label or stands above one; going up never comes back. */
function checkHierarchy({ hierarchy }: Priors, labels: readonly string[], error: Refuse): void {
  const parents = new Set(Object.values(hierarchy))
  const told = new Set<string>()
  for (const child of Object.keys(hierarchy)) {
    if (!parents.has(child)) {
      const fault = labelFault(child, labels)
      if (fault !== null) error(['hierarchy', child], fault)
    }
    const way = wayUp(child, hierarchy)
    if (way === null || way.some((label) => told.has(label))) continue
    for (const label of way) told.add(label)
    error(['hierarchy', child], `The hierarchy runs in a circle: ${way.join(' → ')}.`)
  }
}

/** The way from a label up to where it meets itself; null where it ends. */
function wayUp(start: string, hierarchy: Priors['hierarchy']): readonly string[] | null {
  const way = new Set<string>()
  let at: string | undefined = start
  while (at !== undefined) {
    if (way.has(at)) return [...way, at]
    way.add(at)
    at = Object.hasOwn(hierarchy, at) ? hierarchy[at] : undefined
  }
  return null
}
