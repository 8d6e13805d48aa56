import type { Run } from '@shared/domain'

/** The parts of a run's page. */
export const runTabs = [
  'curves',
  'evaluation',
  'examples',
  'knowledge',
  'log',
  'recipe',
  'record',
  'exports',
] as const

export type RunTab = (typeof runTabs)[number]

/** The parts that a run has: knowledge only where its recipe takes a pack along. */
export const tabsOf = ({ recipe }: Pick<Run, 'recipe'>): readonly RunTab[] =>
  runTabs.filter((tab) => tab !== 'knowledge' || recipe.knowledge !== null)

/** The part that an address names; curves for any other. */
export const runTabOf = (name: string | undefined): RunTab =>
  runTabs.find((tab) => tab === name) ?? 'curves'
