import type { MinedRule, Mining, PackContent, Rule } from '@shared/domain'
import { foldWord } from './folding'
import type { Candidate, Filter } from './mining/candidate'
import { intervalOf, isClear, precisionOf, shrunkenPrecision } from './mining/candidate'
import { columnCandidates } from './mining/columns'
import type { LabelledRows } from './mining/terms'
import { termCandidates } from './mining/terms'
import type { LintRow } from './lint-rows'
import { goldReader } from './lint-rows'
import { Forms } from './forms'
import { RowBatch } from './row-batch'
import { finish, rowsAStep, type Steps } from './steps'
import { WordTableBuilder } from './word-table'

export interface MiningOptions extends Filter {
  /** Most rules. */
  readonly limit: number
  /** Terms and conditions that it says already are not offered again. */
  readonly known?: Pick<PackContent, 'lexicons' | 'rules'>
}

const mostExamples = 3
const longestExample = 200

/**
 * Rules that labelled rows suggest, best first: words, pairs of words, values and thresholds of
 * side columns. Rows of the validation and test parts are not looked at; rows without a label only
 * tell how common a word is. A rule's confidence is its precision drawn towards the label's share.
 * Only what stands out from chance is offered; where nothing does, what comes nearest to it.
 */
export function* mineInSteps(
  rows: readonly LintRow[],
  labels: readonly string[],
  options: MiningOptions,
): Steps<Mining> {
  const used = rows.filter(({ part }) => part === 'train' || part === 'all')
  const goldOf = goldReader(labels)
  const words = new WordTableBuilder(new Forms())
  for (const [at, { text, pair }] of used.entries()) {
    if (at % rowsAStep === 0) yield
    words.add(text)
    words.add(pair ?? '')
  }
  const data: LabelledRows = {
    batch: new RowBatch(used, words.build()),
    gold: used.map(({ label }) => goldOf(label)),
    labels: labels.length,
  }
  const known = knownConditions(options.known)
  const terms = yield* termCandidates(data, options)
  const candidates = [...terms, ...columnCandidates(data, options)]
  const ids = new Set(options.known?.rules.map(({ id }) => id))
  const shares = sharesOf(data)
  const open = withoutRepeats(candidates).filter(({ when }) => !known.has(conditionKey(when)))
  const standing = open.filter(isClear)
  const rules = (standing.length > 0 ? standing : open)
    .toSorted((a, b) => b.zScore - a.zScore || (a.name < b.name ? -1 : 1))
    .slice(0, options.limit)
    .map((candidate) => minedRule(candidate, data, labels, shares, ids))
  return { rules, clear: standing.length > 0 || open.length === 0 }
}

/** Steps that so many rows take: their words, then what stands in them, alone and in pairs. */
export const stepsOf = (rows: number): number => 3 * Math.ceil(rows / rowsAStep)

/** The same at once. */
export const mineRules = (...asked: Parameters<typeof mineInSteps>): Mining =>
  finish(mineInSteps(...asked))

/**
 * Drops a pair of words where one of the words alone speaks for the same label, unless the pair is
 * right more often beyond chance.
 */
function withoutRepeats(candidates: readonly Candidate[]): readonly Candidate[] {
  const terms = new Map(
    candidates
      .filter(({ source }) => source === 'term')
      .map((candidate) => [`${candidate.label} ${candidate.name}`, candidate]),
  )
  return candidates.filter((candidate) => {
    const words = candidate.source === 'term' ? candidate.name.split(' ') : []
    if (words.length < 2) return true
    const [surely] = intervalOf(candidate)
    return words.every((word) => {
      const alone = terms.get(`${candidate.label} ${word}`)
      return alone === undefined || precisionOf(alone) < surely
    })
  })
}

function minedRule(
  candidate: Candidate,
  { batch }: LabelledRows,
  labels: readonly string[],
  shares: readonly number[],
  ids: Set<string>,
): MinedRule {
  const { source, when, correct, zScore } = candidate
  const label = labels[candidate.label] ?? ''
  const covered = candidate.rows.length
  const rule: Rule = {
    id: freeId(candidate.name, ids),
    when,
    label,
    confidence: round(shrunkenPrecision(correct, covered, shares[candidate.label] ?? 0)),
    hard: false,
    note: `Mined: ${correct} of ${covered} training rows.`,
  }
  const examples = Array.from(candidate.rows.subarray(0, mostExamples), (row) =>
    (batch.rows[row]?.text ?? '').slice(0, longestExample),
  )
  return {
    ...{ rule, source, covered, correct, zScore, examples },
    precision: precisionOf(candidate),
    interval: intervalOf(candidate),
  }
}

const round = (share: number): number => Math.round(share * 1000) / 1000

/** An id of letters, digits and hyphens that no rule has. */
function freeId(name: string, ids: Set<string>): string {
  const base = name.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'mined'
  let id = base
  for (let number = 2; ids.has(id); number += 1) id = `${base}-${number}`
  ids.add(id)
  return id
}

/** Share of each label among the labelled rows. */
function sharesOf({ gold, labels }: LabelledRows): readonly number[] {
  const labelled = gold.filter((each) => each.length > 0)
  return Array.from(
    { length: labels },
    (_, label) => labelled.filter((each) => each.includes(label)).length / labelled.length,
  )
}

function knownConditions(known: MiningOptions['known']): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const { match, entries } of known?.lexicons ?? []) {
    if (match === 'regex') continue
    for (const { term } of entries) keys.add(conditionKey({ kind: 'contains', term, match }))
  }
  for (const { when } of known?.rules ?? []) {
    keys.add(conditionKey(when))
    if (when.kind === 'any') for (const one of when.conditions) keys.add(conditionKey(one))
  }
  return keys
}

/** Equal for conditions that say the same; how a term matches does not count. */
function conditionKey(when: Rule['when']): string {
  if (when.kind === 'contains') return `contains ${foldWord(when.term)}`
  if (when.kind !== 'column') return JSON.stringify(when)
  return JSON.stringify([when.column, when.equals, when.atLeast, when.atMost])
}
