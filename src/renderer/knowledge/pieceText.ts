import type { PackContent, PackReport, PieceId, PieceReport, Rule } from '@shared/domain'
import { t } from '../i18n'
import { formatCount, formatPercent } from '../ui/format'

/** What a number of a report says in full: the title of its bar. */
export const coverageText = (covered: number, rows: number): string =>
  t('pack.coverageOf', {
    covered: formatCount(covered),
    rows: formatCount(rows),
    share: formatPercent(rows === 0 ? 0 : covered / rows),
  })

export function accuracyText(
  report: Pick<PieceReport, 'correct' | 'judged' | 'accuracy' | 'interval'>,
): string {
  const { correct, judged, accuracy, interval } = report
  if (accuracy === null || interval === null) return t('pack.notJudged')
  return t('pack.accuracyOf', {
    correct: formatCount(correct),
    judged: formatCount(judged),
    share: formatPercent(accuracy),
    low: formatPercent(interval[0]),
    high: formatPercent(interval[1]),
  })
}

/** Why the rows speak against what a rule states; null where they do not. */
export function doubtOf(
  rule: Pick<Rule, 'confidence'>,
  report: PieceReport | undefined,
): string | null {
  const high = report?.interval?.[1]
  if (high === undefined || rule.confidence <= high) return null
  return t('pack.belowStated', {
    stated: formatPercent(rule.confidence, 0),
    high: formatPercent(high),
  })
}

/** The pieces of a pack that speak about rows. */
export const pieceIds = ({
  lexicons,
  rules,
}: Pick<PackContent, 'lexicons' | 'rules'>): readonly PieceId[] => [
  ...lexicons.map(({ id }): PieceId => `lexicon:${id}`),
  ...rules.map(({ id }): PieceId => `rule:${id}`),
]

/** The name of a piece without its kind. */
export const pieceName = (piece: PieceId): string => piece.slice(piece.indexOf(':') + 1)

/** What a pack holds, for a person: "7,502 terms · 12 rules". */
export function contentText(counts: {
  readonly terms: number
  readonly rules: number
  readonly triples: number
  readonly vocabulary: number
  readonly rationales: number
  readonly corpusLines: number
}): string {
  return [
    counts.terms > 0 ? t('unit.terms', { count: counts.terms }) : '',
    counts.rules > 0 ? t('unit.rules', { count: counts.rules }) : '',
    counts.triples > 0 ? t('unit.triples', { count: counts.triples }) : '',
    counts.vocabulary > 0 ? t('unit.vocabulary', { count: counts.vocabulary }) : '',
    counts.rationales > 0 ? t('unit.rationales', { count: counts.rationales }) : '',
    counts.corpusLines > 0 ? t('unit.corpusLines', { count: counts.corpusLines }) : '',
  ]
    .filter((text) => text !== '')
    .join(' · ')
}

/** Terms of all lexicons. */
export const termCount = ({ lexicons }: Pick<PackContent, 'lexicons'>): number =>
  lexicons.reduce((sum, { entries }) => sum + entries.length, 0)

/** The pieces of a report by their names; none where nothing was measured. */
export const reportsByPiece = (report: PackReport | null): ReadonlyMap<PieceId, PieceReport> =>
  new Map(report?.pieces.map((piece) => [piece.piece, piece]))
