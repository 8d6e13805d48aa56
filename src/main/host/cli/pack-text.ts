import type {
  Condition,
  KnowledgePack,
  MinedRule,
  PackContent,
  PackProblem,
  PackReport,
  PieceReport,
} from '@shared/domain'
import { counted } from '../../platform/counted'
import { formatBytes, formatCount, formatMetric, formatTime, shorten } from './format'
import { formatFacts, formatTable } from './table'

const mostTerms = 5

/** `rules.yaml:3: error: …`, as editors and build logs read it. */
export const problemLine = ({ severity, file, line, field, message }: PackProblem): string =>
  `${file}${line === null ? '' : `:${line}`}: ${severity}: ${field === null ? '' : `${field}: `}${message}`

export const packTable = (packs: readonly KnowledgePack[]): readonly string[] =>
  formatTable(
    [
      { title: 'Name', of: ({ name, version }) => `${name}@${version}` },
      { title: 'Language', of: ({ language }) => language },
      { title: 'Labels', of: ({ labels }) => labels.slice(0, 6).join(', ') },
      { title: 'Terms', align: 'right', of: ({ counts }) => formatCount(counts.terms) },
      { title: 'Rules', align: 'right', of: ({ counts }) => formatCount(counts.rules) },
      { title: 'Size', align: 'right', of: ({ bytes }) => formatBytes(bytes) },
      { title: 'Added', of: ({ createdAt }) => formatTime(createdAt) },
      { title: 'Id', of: ({ id }) => id },
    ],
    packs,
  )

export function describePack(pack: KnowledgePack, content: PackContent): readonly string[] {
  const { counts } = pack
  const amount = (count: number): string | null => (count === 0 ? null : formatCount(count))
  const facts = formatFacts([
    ['Pack', `${pack.name}@${pack.version} (${pack.id})`],
    ['Description', content.description === '' ? null : content.description],
    ['Language', pack.language],
    ['Labels', pack.labels.join(', ')],
    ['Terms', amount(counts.terms)],
    ['Rules', amount(counts.rules)],
    ['Triples', amount(counts.triples)],
    ['Vocabulary', amount(counts.vocabulary)],
    ['Rationales', amount(counts.rationales)],
    ['Corpus lines', amount(counts.corpusLines)],
    ['Size', formatBytes(pack.bytes)],
    ['Licence', pack.licence],
    ['Sources', content.sources.length === 0 ? null : content.sources.join('; ')],
    ['Hash', pack.hash],
  ])
  const lexicons = formatTable(
    [
      { title: 'Lexicon', of: ({ id }) => id },
      { title: 'Match', of: ({ match }) => match },
      { title: 'Terms', align: 'right', of: ({ entries }) => formatCount(entries.length) },
      { title: 'Negating', align: 'right', of: ({ negation }) => wordsOf(negation?.words) },
      {
        title: 'Intensifying',
        align: 'right',
        of: ({ intensifiers }) => wordsOf(intensifiers && Object.keys(intensifiers.words)),
      },
      { title: 'Contrasting', align: 'right', of: ({ contrast }) => wordsOf(contrast?.words) },
      {
        title: 'Such as',
        of: ({ entries }) =>
          entries
            .slice(0, mostTerms)
            .map(({ term }) => term)
            .join('  '),
      },
    ],
    content.lexicons,
  )
  const rules = formatTable(
    [
      { title: 'Rule', of: ({ id }) => id },
      { title: 'Label', of: ({ label }) => label },
      { title: 'Confidence', align: 'right', of: ({ confidence }) => formatMetric(confidence) },
      { title: 'Hard', of: ({ hard }) => (hard ? 'hard' : '') },
      { title: 'When', of: ({ when }) => shorten(conditionText(when), 70) },
    ],
    content.rules,
  )
  return [
    ...facts,
    ...(content.lexicons.length === 0 ? [] : ['', ...lexicons]),
    ...(content.rules.length === 0 ? [] : ['', ...rules]),
  ]
}

/** A condition in words. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'contains':
      return `"${condition.term}"`
    case 'regex':
      return `/${condition.pattern}/`
    case 'near':
      return `"${condition.first}" within ${condition.within} of "${condition.second}"`
    case 'not':
      return `not ${conditionText(condition.condition)}`
    case 'all':
      return `(${condition.conditions.map(conditionText).join(' and ')})`
    case 'any':
      return `(${condition.conditions.map(conditionText).join(' or ')})`
    case 'count':
      return `"${condition.term}" ≥ ${condition.atLeast} times`
    case 'length':
      return bounds(condition.unit, condition)
    case 'column':
      return condition.equals === null
        ? bounds(condition.column, condition)
        : `${condition.column} = "${condition.equals}"`
  }
}

const bounds = (
  name: string,
  { atLeast, atMost }: { readonly atLeast: number | null; readonly atMost: number | null },
): string =>
  `${atLeast === null ? '' : `${atLeast} ≤ `}${name}${atMost === null ? '' : ` ≤ ${atMost}`}`

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`

const accuracyOf = (accuracy: number | null, interval: readonly [number, number] | null): string =>
  accuracy === null
    ? ''
    : `${formatMetric(accuracy)}${interval === null ? '' : ` (${interval.map((end) => end.toFixed(3)).join('–')})`}`

/** What a pack's pieces are worth on the rows of a dataset. */
export function reportLines(report: PackReport): readonly string[] {
  const { rows, labelledRows, covered, conflicting, accuracy, interval } = report
  if (rows === 0) return []
  const pieces = formatTable<PieceReport>(
    [
      { title: 'Piece', of: ({ piece }) => shorten(piece, 40) },
      { title: 'Label', of: ({ label }) => label ?? '' },
      { title: 'Rows', align: 'right', of: (piece) => formatCount(piece.covered) },
      { title: 'Coverage', align: 'right', of: ({ coverage }) => percent(coverage) },
      { title: 'Accuracy', of: (piece) => accuracyOf(piece.accuracy, piece.interval) },
      { title: 'Conflicts', align: 'right', of: ({ conflicts }) => formatCount(conflicts) },
    ],
    report.pieces,
  )
  const warnings = [
    ...(report.unreachedLabels.length === 0
      ? []
      : [`No piece ever votes for: ${report.unreachedLabels.join(', ')}`]),
    ...(report.unmappedLabels.length === 0
      ? []
      : [`The dataset has no label: ${report.unmappedLabels.join(', ')}`]),
    ...(report.leakedRows === 0
      ? []
      : [`${counted(report.leakedRows, 'row')} of the test stand in the pack, word for word.`]),
  ]
  return [
    ...pieces,
    '',
    ...formatFacts([
      ['Rows', `${formatCount(rows)}, ${formatCount(labelledRows)} labelled`],
      ['Covered', `${formatCount(covered)} (${percent(covered / rows)})`],
      ['Conflicting', formatCount(conflicting)],
      ['Majority vote', accuracy === null ? null : accuracyOf(accuracy, interval)],
    ]),
    ...warnings,
  ]
}

export const minedTable = (rules: readonly MinedRule[]): readonly string[] =>
  formatTable(
    [
      { title: 'Rule', of: ({ rule }) => shorten(rule.id, 30) },
      { title: 'When', of: ({ rule }) => shorten(conditionText(rule.when), 40) },
      { title: 'Label', of: ({ rule }) => rule.label },
      { title: 'Rows', align: 'right', of: ({ covered }) => formatCount(covered) },
      { title: 'Precision', of: ({ precision, interval }) => accuracyOf(precision, interval) },
      { title: 'z', align: 'right', of: ({ zScore }) => zScore.toFixed(1) },
      { title: 'Example', of: ({ examples }) => shorten(examples[0] ?? '', 40) },
    ],
    rules,
  )

/** How many words of a kind a lexicon has; empty without the kind. */
const wordsOf = (words: readonly string[] | null | undefined): string =>
  words === null || words === undefined ? '' : formatCount(words.length)
