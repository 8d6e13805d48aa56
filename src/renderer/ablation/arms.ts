import { ablationArms, type AblationArm } from '@shared/domain'
import { seriesStyle, type SeriesStyle } from '../charts/palette'
import { isMessageKey, t, translate } from '../i18n'

export const isArm = (arm: string): arm is AblationArm =>
  ablationArms.some((known) => known === arm)

/** The piece that a cell such as "without lexicon:valence" does without; null for an arm. */
export const pieceOf = (arm: string): string | null => /^without (.+)$/.exec(arm)?.[1] ?? null

/** An arm as people call it. */
export function armTitle(arm: string): string {
  if (isArm(arm)) return translate(`ablation.arm.${arm}`)
  const piece = pieceOf(arm)
  return piece === null ? arm : t('ablation.arm.without', { name: pieceTitle(piece) })
}

/** "lexicon:valence" as "lexicon valence". */
export function pieceTitle(piece: string): string {
  const [kind = '', ...name] = piece.split(':')
  const key = `ablation.piece.${kind}`
  return isMessageKey(key) ? translate(key, { name: name.join(':') }) : piece
}

const styles: Readonly<Record<AblationArm, SeriesStyle>> = {
  none: seriesStyle(6),
  training: seriesStyle(1),
  prediction: seriesStyle(0),
  both: seriesStyle(2),
  auto: seriesStyle(3),
}

/** One colour an arm on every screen. */
export const armStyle = (arm: string): SeriesStyle => (isArm(arm) ? styles[arm] : seriesStyle(4))

/** How many labels, as words: "16 labels", "all rows". */
export const labelsText = (labels: number | null): string =>
  labels === null ? t('ablation.allRows') : t('ablation.labels', { count: labels })

/** The same as an axis or a heading says it. */
export const labelsShort = (labels: number | null): string =>
  labels === null ? t('ablation.all') : String(labels)

/** Numbers of labels in ascending order, all rows last. */
export const ascending = (labels: readonly (number | null)[]): readonly (number | null)[] =>
  [...new Set(labels)].sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
