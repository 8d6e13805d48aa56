import type { Run } from '@shared/domain'

/** A folder name for an exported run: `run-12-minilm-on-film`, in letters that every system takes. */
export function exportName(run: Pick<Run, 'number' | 'name'>): string {
  const words = run.name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60)
  return ['run', String(run.number), words].filter((part) => part !== '').join('-')
}
