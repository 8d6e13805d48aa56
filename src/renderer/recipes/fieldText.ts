import { metricTitle } from '../charts/metricName'
import { isMessageKey, t, translate } from '../i18n'
import { formatCount, formatNumber } from '../ui/format'
import type { Draft } from './document'
import { effective, fields, type Choice, type FieldPath } from './fields'
import { shownFields, type SectionName } from './sections'

export const fieldLabel = (path: FieldPath): string => translate(`recipe.label.${path}`)
export const fieldHelp = (path: FieldPath): string => translate(`recipe.help.${path}`)
export const choiceLabel = (choice: Choice): string => translate(`recipe.choice.${choice}`)

/** A second line about a choice; undefined where its name says it. */
export function choiceHint(choice: Choice): string | undefined {
  const key = `recipe.choiceHint.${choice}`
  return isMessageKey(key) ? translate(key) : undefined
}

/** The range that most runs stay in; null where there is none. */
export function usualRange(path: FieldPath): string | null {
  const key = `recipe.usual.${path}`
  return isMessageKey(key) ? translate(key) : null
}

/** What an empty field means; undefined where a field is never empty. */
export function emptyText(path: FieldPath): string | undefined {
  const key = `recipe.empty.${path}`
  return isMessageKey(key) ? translate(key) : undefined
}

/** A value as it is read in a line of text. */
export function valueText(path: FieldPath, value: unknown): string {
  if (value === null) return emptyText(path) ?? t('ui.none')
  switch (fields[path].kind) {
    case 'part':
      return partText(value)
    case 'every':
      return value === 'epoch'
        ? t('recipe.every.epoch')
        : t('recipe.every.number', { steps: Number(value) })
    case 'metric':
      return metricTitle(String(value))
    case 'switch':
      return value === true ? t('recipe.on') : t('recipe.off')
    case 'choice': {
      const key = `recipe.choice.${String(value)}`
      return isMessageKey(key) ? translate(key) : String(value)
    }
    case 'number':
      return typeof value !== 'number'
        ? String(value)
        : Number.isInteger(value)
          ? formatCount(value)
          : formatNumber(value)
  }
}

export function partText(value: unknown): string {
  if (value === 'all') return t('recipe.part.all')
  if (value === 'head') return t('recipe.part.head')
  if (value === 'auto') return t('recipe.part.auto')
  const isLayers = typeof value === 'object' && value !== null && 'lastLayers' in value
  return isLayers ? t('recipe.part.last', { count: Number(value.lastLayers) }) : String(value)
}

/** A folded section in one line: `AdamW · Weight decay 0.01 · Beta 1 0.9 · …` */
export function sectionText(name: SectionName, draft: Draft): string {
  const title = translate(`recipe.section.${name}`)
  const texts = shownFields(name, draft).map((path) => {
    const label = fieldLabel(path)
    const value = valueText(path, effective(draft, path))
    return label === title ? value : `${label} ${value}`
  })
  return texts.join(' · ')
}
