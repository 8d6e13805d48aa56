import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '@shared/domain'
import { writeFileAtomic } from '../platform/atomic'
import type { Context } from './context'
import { recipeToYaml } from './recipes'
import { runFolder } from './run-folder'

/** The recipe beside the run's results, for people and for the command line. */
export async function keepRecipeFile({ workspace }: Context, run: Run): Promise<void> {
  const folder = runFolder(workspace, run.id)
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, 'recipe.yaml'), recipeToYaml(run.recipe))
}
