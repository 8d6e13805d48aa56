import type { Run } from '@shared/domain'

/** The parts of a run's page. */
export const runTabs = [
  'curves',
  'evaluation',
  'examples',
  'knowledge',
  'trials',
  'log',
  'recipe',
  'record',
  'exports',
] as const

export type RunTab = (typeof runTabs)[number]

/**
 * The parts that a run has: knowledge only where its recipe takes a pack along, which then tells of
 * the trials too; these alone where they were made without a pack.
 */
export function tabsOf({ recipe }: Pick<Run, 'recipe'>, hasTrials: boolean): readonly RunTab[] {
  const left: RunTab = recipe.knowledge === null ? 'knowledge' : 'trials'
  return runTabs.filter((tab) => tab !== left && (tab !== 'trials' || hasTrials))
}

/** The part that an address names; curves for any other. */
export const runTabOf = (name: string | undefined): RunTab =>
  runTabs.find((tab) => tab === name) ?? 'curves'
