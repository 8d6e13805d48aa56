import type { AblationDetail } from '@shared/domain'
import type { Connector, EfficiencyFigure } from '../charts/efficiencyFigure'
import type { ForestFigure } from '../charts/forest'
import type { Caption } from '../charts/frame'
import { metricTitle } from '../charts/metricName'
import { t, type MessageKey, translate } from '../i18n'
import { armStyle, armTitle, labelsShort, labelsText, pieceOf, pieceTitle } from './arms'
import { bestSaving, mostTried } from './headline'
import { bestArm, endedCells, isLoss, leftOut, presentArms, rowAt } from './lookup'
import { differenceText, meanText, pNumber, ratioText } from './numbers'

/** The words of a picture that has to stand alone on a slide. */
function captionOf(
  detail: AblationDetail,
  picture: Extract<MessageKey, `ablation.picture.${string}`>,
  subtitle: string,
): Caption {
  const { ablation } = detail
  return {
    title: t('ablation.picture.titleOn', {
      title: translate(picture),
      pack: ablation.packName,
      dataset: ablation.datasetName,
    }),
    subtitle,
    note: t('ablation.picture.note', {
      number: ablation.number,
      model: ablation.recipe.model,
      pack: ablation.packName,
      hash: ablation.packHash.slice(0, 8),
      done: endedCells(detail),
      total: ablation.total,
      date: new Date(ablation.endedAt ?? ablation.createdAt).toISOString().slice(0, 10),
    }),
  }
}

/** How many seeds stand behind the means: one number, or from to while runs are missing. */
export function seedsText(counts: readonly number[]): string {
  const least = Math.min(...counts)
  const most = Math.max(...counts)
  return counts.length === 0 || least === most
    ? t('ablation.picture.seeds', { count: counts[0] ?? 0 })
    : t('ablation.picture.seedRange', { from: least, to: most })
}

/** The label-efficiency curve: a line an arm, and where `none` catches up with the best. */
export function efficiencyFigure(detail: AblationDetail): EfficiencyFigure {
  const { ablation, result } = detail
  const metric = metricTitle(ablation.metric)
  const arms = presentArms(detail)
  const rows = result.table.filter((row) => arms.includes(row.arm))
  const seeds = seedsText(rows.map((row) => row.seeds))
  const best = bestArm(detail)
  return {
    ...captionOf(
      detail,
      'ablation.picture.efficiency',
      t('ablation.picture.subtitle', { metric, seeds }),
    ),
    xLabel: t('ablation.picture.x'),
    yLabel: metric,
    allLabel: t('ablation.all'),
    connector: connectorOf(detail),
    lines: arms.map((arm) => ({
      key: arm,
      label: armTitle(arm),
      style: armStyle(arm),
      band: arm === 'none' || arm === best,
      points: rows
        .filter((row) => row.arm === arm)
        .sort((a, b) => (a.labels ?? Infinity) - (b.labels ?? Infinity))
        .map(({ labels, mean, low, high }) => ({
          labels,
          mean,
          low,
          high,
          title: `${armTitle(arm)}, ${labelsText(labels)}: ${meanText(mean)} (${meanText(low)} – ${meanText(high)})`,
        })),
    })),
  }
}

function connectorOf(detail: AblationDetail): Connector | null {
  const saving = bestSaving(detail)
  const reached = saving && rowAt(detail.result, saving.arm, saving.labels)
  if (saving === null || reached === null) return null
  const { labels: from, needed: to, ratio } = saving
  const text =
    to === null || ratio === null
      ? t('ablation.picture.needsMore', { most: mostTried(detail) })
      : t('ablation.picture.needs', { needed: Math.round(to), ratio: ratioText(ratio) })
  return { from, value: reached.mean, to, text }
}

/** All arms at one number of labels, against the mean without knowledge. */
export function forestFigure(detail: AblationDetail, labels: number | null): ForestFigure {
  const { ablation, result } = detail
  const metric = metricTitle(ablation.metric)
  const rows = presentArms(detail).flatMap((arm) => rowAt(result, arm, labels) ?? [])
  const none = rows.find(({ arm }) => arm === 'none')
  const seeds = seedsText(rows.map((row) => row.seeds))
  return {
    ...captionOf(
      detail,
      'ablation.picture.forest',
      t('ablation.picture.subtitleAt', { metric, labels: labelsText(labels), seeds }),
    ),
    xLabel: metric,
    headings: [metric, t('ablation.picture.toNone'), t('ablation.picture.p')],
    reference: none === undefined ? null : { value: none.mean, label: t('ablation.picture.none') },
    mark: 'dot',
    tick: meanText,
    rows: rows.map(({ arm, mean, low, high }) => {
      const test = result.tests.find(
        (each) => each.arm === arm && each.against === 'none' && each.labels === labels,
      )
      return {
        key: arm,
        label: armTitle(arm),
        style: armStyle(arm),
        value: mean,
        low,
        high,
        notes: [
          meanText(mean),
          test === undefined ? '' : differenceText(test.difference),
          test === undefined ? '' : pNumber(test.p),
        ],
      }
    }),
  }
}

/** What each piece is worth: how far the full arm falls when it is left out. */
export function piecesFigure(detail: AblationDetail, labels: number | null): ForestFigure {
  const { ablation, result } = detail
  const metric = metricTitle(ablation.metric)
  const sign = isLoss(ablation.metric) ? 1 : -1
  const tests = leftOut(detail).flatMap(
    (arm) =>
      result.tests.find(
        (test) => test.arm === arm && test.against !== 'none' && test.labels === labels,
      ) ?? [],
  )
  const worth = tests
    .map((test) => ({
      piece: pieceOf(test.arm) ?? test.arm,
      value: sign * test.difference,
      low: Math.min(sign * test.low, sign * test.high),
      high: Math.max(sign * test.low, sign * test.high),
      p: test.p,
      style: armStyle(test.against),
    }))
    .sort((a, b) => b.value - a.value)
  return {
    ...captionOf(
      detail,
      'ablation.picture.pieces',
      t('ablation.picture.piecesSubtitle', {
        metric,
        labels: labelsText(labels),
        seeds: seedsText(tests.map((test) => test.seeds)),
      }),
    ),
    xLabel: t('ablation.picture.lost', { metric }),
    headings: [t('ablation.picture.worth'), t('ablation.picture.p')],
    reference: { value: 0, label: t('ablation.picture.zero') },
    mark: 'bar',
    tick: differenceText,
    rows: worth.map(({ piece, value, low, high, p, style }) => ({
      key: piece,
      label: pieceTitle(piece),
      style,
      value,
      low,
      high,
      notes: [differenceText(value), pNumber(p)],
    })),
  }
}

/** The table and its tests as CSV, one row an arm and number of labels. */
export function resultCsv({ ablation, result }: AblationDetail): string {
  const rows = result.table.map((row) => {
    const test = result.tests.find((each) => each.arm === row.arm && each.labels === row.labels)
    const tested = test && [test.against, test.difference, test.low, test.high, test.p]
    return [
      labelsShort(row.labels),
      row.arm,
      row.metric,
      row.mean,
      row.low,
      row.high,
      row.seeds,
      ...(tested ?? ['', '', '', '', '']),
    ].map(quote)
  })
  const head =
    'labels,arm,metric,mean,low,high,seeds,against,difference,differenceLow,differenceHigh,p'
  const about = `# ${ablation.name}, pack ${ablation.packName} ${ablation.packHash}`
  return [about, head, ...rows.map((row) => row.join(','))].join('\r\n') + '\r\n'
}

const quote = (value: string | number): string =>
  /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)
