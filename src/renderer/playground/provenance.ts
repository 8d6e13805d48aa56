import type { LexiconSum, Prediction, Provenance, ProvenanceStep } from '@shared/domain'

/** One thing that moved an answer, and how far it moved the class in question. */
export interface Mover {
  readonly id: string
  readonly kind: ProvenanceStep['kind']
  readonly text: string
  /** The class it speaks for; null where it only rescales. */
  readonly label: string | null
  readonly weight: number
  /** How a lexicon comes to its score: the class it speaks for most; null for all else. */
  readonly score: LexiconSum | null
  readonly disagrees: boolean
  /** Change of the class's probability, -1 to 1. */
  readonly change: number
  /** Probability of the class after it. */
  readonly after: number
  /** What it consists of, for neighbours: each row's text, label and change. */
  readonly parts: readonly Mover[]
}

/** The class that a person asks about first: the answer; of several labels the most probable. */
export function askedClass({ label, labels, probabilities }: Prediction): string {
  if (labels.includes(label)) return label
  const best = probabilities.indexOf(Math.max(...probabilities))
  return labels[best] ?? label
}

/** The probability of a class before any knowledge, then each step's part in order. */
export function moversOf(
  provenance: Provenance,
  labels: readonly string[],
  label: string,
): { readonly alone: number; readonly movers: readonly Mover[] } {
  const at = labels.indexOf(label)
  const alone = provenance.model.probabilities[at] ?? 0
  let before = alone
  const movers = provenance.steps.map((step): Mover => {
    const after = step.probabilities[at] ?? before
    const change = after - before
    before = after
    const { id, kind, text, weight, disagrees } = step
    const score = strongest(step.sums ?? [])
    return { id, kind, text, label: step.label, weight, score, disagrees, change, after, parts: [] }
  })
  return { alone, movers: withNeighboursTogether(movers) }
}

function strongest(sums: readonly LexiconSum[]): LexiconSum | null {
  return sums.reduce<LexiconSum | null>(
    (best, each) => (best === null || each.sum > best.sum ? each : best),
    null,
  )
}

/** Neighbours act as one: what each adds alone depends on the order. */
function withNeighboursTogether(movers: readonly Mover[]): readonly Mover[] {
  const parts = movers.filter(({ kind }) => kind === 'neighbour')
  const [first] = parts
  const last = parts.at(-1)
  if (first === undefined || last === undefined || parts.length === 1) return movers
  const together: Mover = {
    ...first,
    id: 'neighbours',
    text: '',
    label: mostCommon(parts.flatMap(({ label }) => label ?? [])),
    weight: parts.reduce((sum, { weight }) => sum + weight, 0),
    disagrees: parts.filter(({ disagrees }) => disagrees).length > parts.length / 2,
    change: parts.reduce((sum, { change }) => sum + change, 0),
    after: last.after,
    parts,
  }
  return movers.flatMap((each) =>
    each.kind !== 'neighbour' ? [each] : each.id === first.id ? [together] : [],
  )
}

function mostCommon(labels: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

/** A stretch of a text; marked where a piece of knowledge found something. */
export interface Stretch {
  readonly text: string
  /** Names of the pieces that found it; empty for what nothing found. */
  readonly pieces: readonly string[]
  /** Whether it speaks for the class in question; null for what nothing found. */
  readonly supports: boolean | null
  readonly negated: boolean
}

/** The text cut where pieces found something; overlapping finds share a stretch. */
export function stretchesOf(
  text: string,
  field: 'text' | 'pair',
  steps: readonly ProvenanceStep[],
  label: string,
): readonly Stretch[] {
  const finds = steps.flatMap((step) =>
    step.matches
      .filter(
        ({ start, end, ...match }) =>
          (match.field ?? 'text') === field && start >= 0 && start < end && end <= text.length,
      )
      .map(({ start, end, negated, weight }) => ({
        start,
        end,
        negated,
        step,
        supports: (step.label === label) === agrees(step, weight),
      })),
  )
  const cuts = [...new Set([0, text.length, ...finds.flatMap(({ start, end }) => [start, end])])]
  cuts.sort((a, b) => a - b)
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? text.length
    const here = finds.filter(({ start, end }) => start <= from && end >= to)
    return {
      text: text.slice(from, to),
      pieces: [...new Set(here.map(({ step }) => step.id))],
      supports: here.length === 0 ? null : here.some(({ supports }) => supports),
      negated: here.some(({ negated }) => negated),
    }
  })
}

/** Whether a find pulls the way that all finds of its piece together pull. */
function agrees({ matches }: ProvenanceStep, weight: number): boolean {
  const together = matches.reduce((sum, match) => sum + match.weight, 0)
  return weight === 0 || together === 0 || Math.sign(weight) === Math.sign(together)
}

/** The name of a piece without its kind: "rule:money-back" is "money-back". */
export const pieceName = (id: string): string => id.replace(/^(hard:)?(lexicon|rule):/, '')

/** Whether an answer differs from what the model alone says. */
export const wasTurned = ({ label, provenance }: Prediction): boolean =>
  provenance !== null && provenance.model.label !== label
