import type { Priors } from '@shared/domain'
import { t } from '../i18n'

/** What is wrong with the class that a row names; null: nothing. */
export const classFault = (label: string | null, labels: readonly string[]): string | null =>
  label === null || labels.includes(label)
    ? null
    : t('pack.unknownClass', { label: label === '' ? '–' : label })

/** The pack's classes, then what else a part speaks of, so that it can be seen and taken out. */
export const withOthers = (
  labels: readonly string[],
  named: Readonly<Record<string, unknown>>,
): readonly string[] => [...labels, ...Object.keys(named).filter((each) => !labels.includes(each))]

/** What is wrong with each class of a hierarchy, by its name: circles, and classes nobody knows. */
export function hierarchyFaults(
  { hierarchy }: Pick<Priors, 'hierarchy'>,
  labels: readonly string[],
): ReadonlyMap<string, string> {
  const known = [...labels, ...Object.values(hierarchy)]
  return new Map(
    Object.keys(hierarchy).flatMap((label) => {
      const fault = isAboveItself(label, hierarchy) ? t('prior.circle') : classFault(label, known)
      return fault === null ? [] : [[label, fault] as const]
    }),
  )
}

function isAboveItself(label: string, hierarchy: Priors['hierarchy']): boolean {
  const passed = new Set<string>()
  let at = hierarchy[label]
  while (at !== undefined && at !== label && !passed.has(at)) {
    passed.add(at)
    at = Object.hasOwn(hierarchy, at) ? hierarchy[at] : undefined
  }
  return at === label
}
