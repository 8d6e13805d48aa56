import { join } from 'node:path'
import type { Recipe, Run, SettledChoice } from '@shared/domain'
import { settledFile, settledRecipe, settledSchema } from '@shared/domain'
import type { CardChoices } from '../formats/modelcard'
import { counted } from '../platform/counted'
import { exists } from '../platform/files'
import { readJsonFile } from '../platform/json'
import type { Context } from './context'
import { recipeDifferences } from './differences'
import { splitCounts } from './estimate'
import { requireDataset } from './references'
import { runFolder } from './run-folder'

/** How a run was really trained, where its recipe left that open. */
export interface Followed {
  readonly pooling: Recipe['head']['pooling']
  /** null: everything as the recipe says. */
  readonly choices: CardChoices | null
}

export async function followedByRun({ db, workspace }: Context, run: Run): Promise<Followed> {
  const { recipe } = run
  const path = join(runFolder(workspace, run.id), settledFile)
  if (!(await exists(path))) return { pooling: recipe.head.pooling, choices: null }
  const choice = await readJsonFile(path, settledSchema)
  const used = followedRecipe(
    recipe,
    choice,
    splitCounts(recipe, requireDataset(db, run.dataset)).train,
  )
  const values = [
    ...recipeDifferences([recipe, used]).map(({ path: field, values: [given, taken] }) => ({
      ...{ field, recipe: text(given), used: text(taken) },
    })),
    ...chosenMethods(recipe, choice),
  ]
  return {
    pooling: choice.pooling,
    choices: values.length === 0 ? null : { reason: choice.reason, values },
  }
}

/**
 * A head that was solved took no steps, so that batch and rate stay as the recipe has them. Of
 * combined trainings the last is told where it is a self-training, whose weights are the model's, else
 * the first; the reason names all.
 */
function followedRecipe(recipe: Recipe, choice: SettledChoice, trainingRows: number): Recipe {
  const told = choice.combined.find(({ unlabelled }) => unlabelled > 0) ?? choice.combined[0]
  if (told !== undefined) return settledRecipe(recipe, { ...choice, ...told }, trainingRows)
  if (choice.steps !== 0) return settledRecipe(recipe, choice, trainingRows)
  return {
    ...recipe,
    head: { ...recipe.head, pooling: choice.pooling },
    ...{ train: 'head', epochs: 0, maxSteps: 0 },
  }
}

function chosenMethods({ knowledge }: Recipe, choice: SettledChoice): CardChoices['values'] {
  return (['training', 'prediction'] as const).flatMap((side) =>
    knowledge?.[side] === 'auto'
      ? [
          {
            field: `knowledge.${side}`,
            recipe: 'auto',
            used: choice[side].map(methodText).join(', ') || 'none',
          },
        ]
      : [],
  )
}

/** A method, with its length where it is a training of its own. */
const methodText = (method: SettledChoice['training' | 'prediction'][number]): string =>
  method.use === 'words' || (method.use === 'weak' && method.when === 'first')
    ? `${method.use} (${counted(method.maxSteps, 'step')} of ${counted(method.batch, 'row')} at a rate of ${method.learningRate})`
    : method.use

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
