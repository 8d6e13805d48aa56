import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Ablation, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { diskBytes } from '../platform/disk'
import { exists } from '../platform/files'

/** Throws conflict, naming them, when runs or ablations need a model, a dataset or a pack. */
export function requireUnused(
  what: string,
  runs: readonly Run[],
  ablations: readonly Ablation[] = [],
): void {
  const [ablation] = ablations
  if (ablation !== undefined) {
    throw new GraftError(
      'conflict',
      `${what} is used by ablation #${ablation.number} "${ablation.name}". Delete that first.`,
      { ablations: ablations.map(({ id }) => id) },
    )
  }
  if (runs.length === 0) return
  const named = runs.slice(0, 10).map((run) => `#${run.number}`)
  const more = runs.length > named.length ? ` and ${runs.length - named.length} more` : ''
  throw new GraftError(
    'conflict',
    `${what} is used by run ${named.join(', ')}${more}. Delete those runs first.`,
    { runs: runs.map((run) => run.id) },
  )
}

/** Mark of folders that are on their way out; a start after a crash removes what is left. */
export const goingMark = '.deleted-'

/**
 * Removes a folder of the workspace and returns the bytes that came back. It is renamed first, so
 * that one which goes slowly is never taken for what it was.
 */
export async function removeContentFolder(folder: string): Promise<number> {
  if (!(await exists(folder))) return 0
  const bytes = await diskBytes(folder)
  const going = join(dirname(folder), `${goingMark}${basename(folder)}`)
  await rm(going, { recursive: true, force: true })
  await rename(folder, going)
  await rm(going, { recursive: true, force: true })
  return bytes
}
