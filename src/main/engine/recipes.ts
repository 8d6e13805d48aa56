import type { Dataset, KnowledgePack, Model, Recipe } from '@shared/domain'
import { recipeSchema } from '@shared/domain'
import type { RecipeCheck } from '@shared/contract'
import { GraftError } from '@shared/errors'
import { stringify } from 'yaml'
import { z } from 'zod'
import { labelResolver } from '../knowledge/pack-labels'
import { parseYaml } from '@shared/yaml'
import { findDataset, findModel, findPack, type ReadableDatabase } from '../store'
import type { Context } from './context'
import { estimateRun } from './estimate'
import type { HandlersOf } from './handlers'
import { problemsOf } from './recipe-issues'
import { trainingFault } from './training-rows'

export type Problem = RecipeCheck['problems'][number]

/** A recipe with what its names mean. */
export interface ResolvedRecipe {
  readonly recipe: Recipe
  readonly model: Model
  readonly dataset: Dataset
  /** The knowledge pack that the recipe names; null: none. */
  readonly pack: KnowledgePack | null
}

export const recipeHandlers = (context: Context): HandlersOf<'recipes'> => ({
  'recipes.check': (input) =>
    'yaml' in input ? checkYaml(context.db, input.yaml) : checkDraft(context.db, input.recipe),
  'recipes.schema': () => z.toJSONSchema(recipeSchema, { io: 'input' }),
  'recipes.estimate': ({ recipe }) => estimateRun(context, resolveRecipe(context.db, recipe)),
})

export const recipeToYaml = (recipe: Recipe): string => stringify(recipe, { lineWidth: 100 })

/** Checks a recipe as a person wrote it; problems come with the line they stand on. */
export function checkYaml(db: ReadableDatabase, yaml: string): RecipeCheck {
  const { value, errors, lineOf } = parseYaml(yaml)
  if (errors.length > 0) {
    const problems = errors.map(({ line, message }) => ({ path: '', message, line }))
    return { recipe: null, yaml, problems }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'A recipe is a list of "name: value" lines.'
    return { recipe: null, yaml, problems: [{ path: '', message, line: 1 }] }
  }
  const checked = check(db, value)
  const problems = checked.problems.map((problem) => ({
    ...problem,
    line: lineOf(problem.path.split('.').filter((key) => key !== '')),
  }))
  return { recipe: checked.resolved?.recipe ?? null, yaml, problems }
}

function checkDraft(db: ReadableDatabase, draft: unknown): RecipeCheck {
  const { resolved, problems } = check(db, draft)
  const recipe = resolved?.recipe ?? null
  return { recipe, yaml: recipe === null ? stringify(draft) : recipeToYaml(recipe), problems }
}

/** The recipe in full with its model and dataset. Throws recipe.invalid naming every field. */
export function resolveRecipe(db: ReadableDatabase, draft: unknown): ResolvedRecipe {
  const { resolved, problems } = check(db, draft)
  if (resolved === null) {
    const list = problems
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ')
    throw new GraftError('recipe.invalid', `The recipe cannot be used: ${list}`, { problems })
  }
  return resolved
}

interface Checked {
  readonly resolved: ResolvedRecipe | null
  readonly problems: readonly Problem[]
}

function check(db: ReadableDatabase, draft: unknown): Checked {
  const parsed = recipeSchema.safeParse(draft)
  if (!parsed.success) {
    return { resolved: null, problems: parsed.error.issues.flatMap(problemsOf) }
  }
  const recipe = parsed.data
  const model = findModel(db, recipe.model)
  const dataset = findDataset(db, recipe.data.dataset)
  const pack = recipe.knowledge === null ? null : findPack(db, recipe.knowledge.pack)
  const problems = [
    ...(model === null ? [problem('model', `There is no model "${recipe.model}".`)] : []),
    ...(dataset === null
      ? [problem('data.dataset', `There is no dataset "${recipe.data.dataset}".`)]
      : datasetProblems(recipe, dataset)),
    ...(model === null ? [] : modelProblems(recipe, model)),
    ...packProblems(recipe, pack, dataset),
  ]
  if (problems.length > 0 || model === null || dataset === null) return { resolved: null, problems }
  const named: Recipe = {
    ...recipe,
    model: model.name,
    data: { ...recipe.data, dataset: dataset.name },
    knowledge:
      recipe.knowledge === null || pack === null
        ? null
        : { ...recipe.knowledge, pack: `${pack.name}@${pack.version}` },
  }
  return { resolved: { recipe: named, model, dataset, pack }, problems: [] }
}

const problem = (path: string, message: string): Problem => ({ path, message, line: null })

const lossOfTask = {
  'single-label': 'cross-entropy',
  'multi-label': 'binary-cross-entropy',
  regression: 'mean-squared-error',
} as const

function datasetProblems(recipe: Recipe, dataset: Dataset): readonly Problem[] {
  const problems: Problem[] = []
  const { data, loss, evaluation } = recipe
  if (dataset.roles.label === null) {
    problems.push(problem('data.dataset', `"${dataset.name}" has no label column to learn from.`))
  }
  if (loss.name !== 'auto' && loss.name !== lossOfTask[dataset.task]) {
    problems.push(
      problem(
        'loss.name',
        `A ${dataset.task} dataset is trained with ${lossOfTask[dataset.task]}.`,
      ),
    )
  }
  const parts = new Set(
    dataset.statistics.parts.filter((each) => each.rows > 0).map((each) => each.part),
  )
  const validation = parts.has('validation') || data.validation > 0
  if (!validation && evaluation.patience !== null) {
    problems.push(problem('evaluation.patience', 'Early stopping needs validation rows.'))
  }
  const testShare = parts.has('test') ? 0 : data.test
  const validationShare = parts.has('validation') ? 0 : data.validation
  const fault = trainingFault(recipe, dataset)
  if (testShare + validationShare >= 1) {
    problems.push(problem('data.validation', 'Validation and test leave no rows to train on.'))
  } else if (dataset.roles.label !== null && fault !== null) {
    problems.push(problem(fault.path, fault.message))
  }
  return problems
}

function modelProblems(recipe: Recipe, model: Model): readonly Problem[] {
  const problems: Problem[] = []
  if (recipe.data.maxLength > model.maxLength) {
    problems.push(
      problem('data.maxLength', `"${model.name}" reads at most ${model.maxLength} tokens.`),
    )
  }
  if (typeof recipe.train === 'object' && recipe.train.lastLayers > model.layers) {
    problems.push(problem('train.lastLayers', `"${model.name}" has ${model.layers} layers.`))
  }
  return problems
}

function packProblems(recipe: Recipe, pack: KnowledgePack | null, dataset: Dataset | null) {
  const { knowledge } = recipe
  if (knowledge === null) return []
  if (pack === null) {
    return [problem('knowledge.pack', `There is no pack "${knowledge.pack}". Add it first.`)]
  }
  if (dataset === null) return []
  if (dataset.task !== 'single-label') {
    return [
      problem(
        'knowledge',
        `Knowledge is fused for single-label datasets, not for ${dataset.task}.`,
      ),
    ]
  }
  const problems: Problem[] = []
  for (const [from, to] of Object.entries(knowledge.labels)) {
    if (!pack.labels.includes(from)) {
      problems.push(problem('knowledge.labels', `The pack has no label "${from}".`))
    } else if (!dataset.labels.includes(to)) {
      problems.push(problem('knowledge.labels', `"${dataset.name}" has no label "${to}".`))
    }
  }
  const labelIndex = labelResolver(dataset.labels, knowledge.labels)
  if (!pack.labels.some((each) => labelIndex(each) !== -1)) {
    problems.push(
      problem(
        'knowledge.labels',
        `No label of the pack (${pack.labels.join(', ')}) is one of the dataset's (${dataset.labels.join(', ')}); say which is which.`,
      ),
    )
  }
  return problems
}
