import type { AblationDetail, LabelEfficiency } from '@shared/domain'
import { t } from '../i18n'
import { armTitle, labelsText } from './arms'
import { bestArm, isLoss, presentLabels, rowAt, testAt } from './lookup'
import { differenceText, meanText, pText, ratioText } from './numbers'

/** The greatest saving of labels by the best arm; null where it saves none. */
export function bestSaving(detail: AblationDetail): LabelEfficiency | null {
  const arm = bestArm(detail)
  const mine = detail.result.efficiency.filter((each) => each.arm === arm)
  const known = mine.filter(({ ratio }) => ratio !== null && ratio > 1)
  const most = [...known].sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0))[0]
  return most ?? mine.find((each) => each.needed === null && isBetter(detail, each)) ?? null
}

function isBetter({ ablation, result }: AblationDetail, { arm, labels }: LabelEfficiency): boolean {
  const own = rowAt(result, arm, labels)
  const none = rowAt(result, 'none', labels)
  if (own === null || none === null) return false
  return isLoss(ablation.metric) ? own.mean < none.mean : own.mean > none.mean
}

/** The greatest number of labels that the arm without knowledge was given. */
export const mostTried = ({ result }: AblationDetail): number =>
  Math.max(0, ...result.table.flatMap(({ arm, labels }) => (arm === 'none' ? (labels ?? []) : [])))

/** What came out, in a sentence; null while there is nothing to compare. */
export function headlineOf(detail: AblationDetail): string | null {
  const saving = bestSaving(detail)
  const reached = saving && rowAt(detail.result, saving.arm, saving.labels)
  if (saving === null || reached === null) return gainText(detail)
  const said = { labels: saving.labels, arm: armTitle(saving.arm), value: meanText(reached.mean) }
  const headline =
    saving.needed === null || saving.ratio === null
      ? t('ablation.headline.beyond', { ...said, most: mostTried(detail) })
      : t('ablation.headline.saves', {
          ...said,
          needed: Math.round(saving.needed),
          ratio: ratioText(saving.ratio),
        })
  const test = testAt(detail.result, saving.arm, 'none', saving.labels)
  if (test === null || test.p < usualLevel) return headline
  const unsure = t('ablation.headline.unsure', { p: pText(test.p) })
  const few = test.seeds > 1 && test.seeds < telling ? t('ablation.headline.few', { telling }) : ''
  return `${headline} ${unsure}${few}`
}

/** With fewer seeds p cannot come below the usual level, whatever they show: 2 / 2ⁿ. */
const telling = 6

/** Above it a difference is not told from chance. */
const usualLevel = 0.05

function gainText(detail: AblationDetail): string | null {
  const { ablation, result } = detail
  const arm = bestArm(detail)
  const [labels] = presentLabels(detail)
  if (arm === null || labels === undefined) return null
  const row = rowAt(result, arm, labels)
  const test = testAt(result, arm, 'none', labels)
  if (row === null || test === null) return null
  const said = {
    labels: labelsText(labels),
    arm: armTitle(arm),
    difference: differenceText(test.difference),
    p: pText(test.p),
  }
  const gain = isLoss(ablation.metric) ? -test.difference : test.difference
  return gain > 0
    ? t('ablation.headline.gain', { ...said, value: meanText(row.mean) })
    : t('ablation.headline.none', said)
}
