import type { ParsedInputOf } from '@shared/contract'
import type { AblationArm, Dataset } from '@shared/domain'
import { GraftError } from '@shared/errors'
import type { AblationPlan, RecipeWithPack } from './ablation-plan'
import { fullArm } from './ablation-plan'
import { onAllRows, splitCounts } from './estimate'
import type { ResolvedRecipe } from './recipes'
import { trainingFault } from './training-rows'

type Request = Pick<
  ParsedInputOf<'ablations.create'>,
  'arms' | 'labels' | 'leaveOneOut' | 'metric' | 'seeds'
>

/** More runs than this are a mistake in the numbers asked for. */
export const mostRuns = 10_000

/** What an ablation will look at; lists without repetitions, numbers of labels ascending. */
export interface AblationRequest {
  readonly arms: readonly AblationArm[]
  readonly labels: readonly (number | null)[]
  readonly seeds: number
  readonly leaveOneOut: boolean
  readonly metric: string
}

/** Throws input.invalid naming the field where a request cannot be answered by the rows there are. */
export function checkRequest(
  request: Request,
  { recipe, dataset }: Pick<ResolvedRecipe, 'recipe' | 'dataset'>,
): AblationRequest {
  const arms = [...new Set(request.arms)]
  const labels = [...new Set(request.labels)].sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
  if (request.leaveOneOut && fullArm(arms) === null) {
    throw invalid('leaveOneOut', 'pieces are left out of an arm with knowledge; name one in arms.')
  }
  const rows = splitCounts(onAllRows(recipe), dataset)
  const most = labels.findLast((each) => each !== null) ?? 0
  if (most > rows.train) {
    throw invalid('labels', `"${dataset.name}" has ${rows.train} rows to train on, not ${most}.`)
  }
  const fewest = labels[0] ?? null
  const fault = trainingFault({ ...recipe, data: { ...recipe.data, trainRows: fewest } }, dataset)
  if (fault?.path === 'data.trainRows') {
    throw invalid(
      'labels',
      `${fewest ?? 'all'} labelled rows of "${dataset.name}" would be of one class only; ask for more.`,
    )
  }
  if (fault !== null) throw invalid('labels', fault.message)
  checkMetric(request.metric, dataset, rows)
  const { seeds, leaveOneOut, metric } = request
  return { arms, labels, seeds, leaveOneOut, metric }
}

const overall: readonly string[] = ['accuracy', 'macroF1', 'macroPrecision', 'macroRecall', 'loss']

function checkMetric(
  metric: string,
  dataset: Dataset,
  rows: { readonly validation: number; readonly test: number },
): void {
  const [, split, name = ''] = /^(test|validation)\.(.+)$/.exec(metric) ?? []
  const known = [
    ...overall,
    ...dataset.labels.flatMap((label) => [`precision.${label}`, `recall.${label}`, `f1.${label}`]),
  ]
  if (split === undefined || !known.includes(name)) {
    const list = overall.map((each) => `test.${each}`).join(', ')
    throw invalid('metric', `there is no "${metric}"; take one of ${list}.`)
  }
  if (rows[split === 'test' ? 'test' : 'validation'] === 0) {
    throw invalid('metric', `"${dataset.name}" has no ${split} rows; give it some or a share.`)
  }
}

/** Throws input.invalid where the plan has more runs than anybody can want. */
export function requireFeasible(
  { arms, pieces, labels, seeds }: Omit<AblationPlan, 'recipe'>,
  procedure: AblationProcedure,
): void {
  const cells = (arms.length + pieces.length) * labels.length * seeds
  if (cells <= mostRuns) return
  throw invalid(
    'seeds',
    `arms, labels and seeds make ${cells} runs, ${mostRuns} are the most. Ask for fewer.`,
    procedure,
  )
}

/** Throws recipe.invalid for a recipe that names no pack. */
export function requireKnowledge<Resolved extends ResolvedRecipe>(
  resolved: Resolved,
): { readonly recipe: RecipeWithPack; readonly pack: NonNullable<Resolved['pack']> } {
  const { recipe, pack } = resolved
  if (recipe.knowledge === null || pack === null) {
    throw new GraftError(
      'recipe.invalid',
      'knowledge.pack: an ablation takes a knowledge pack apart; name one.',
      { path: 'knowledge.pack' },
    )
  }
  return { recipe: { ...recipe, knowledge: recipe.knowledge }, pack }
}

type AblationProcedure = 'ablations.create' | 'ablations.extend'

const invalid = (
  field: string,
  message: string,
  procedure: AblationProcedure = 'ablations.create',
): GraftError => new GraftError('input.invalid', `${procedure}: ${field}: ${message}`, { field })
