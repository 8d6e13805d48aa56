/** The parts of a run's page. */
export const runTabs = [
  'curves',
  'evaluation',
  'examples',
  'log',
  'recipe',
  'record',
  'exports',
] as const

export type RunTab = (typeof runTabs)[number]

/** The part that an address names; curves for any other. */
export const runTabOf = (name: string | undefined): RunTab =>
  runTabs.find((tab) => tab === name) ?? 'curves'
