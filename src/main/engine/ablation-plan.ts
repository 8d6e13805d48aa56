import type { AblationArm, KnowledgeChoice, PieceId, Recipe } from '@shared/domain'

/** A recipe with a knowledge pack: what an ablation takes apart. */
export type RecipeWithPack = Recipe & { readonly knowledge: KnowledgeChoice }

export interface AblationPlan {
  readonly recipe: RecipeWithPack
  readonly arms: readonly AblationArm[]
  /** Labelled training rows; null: all there are. */
  readonly labels: readonly (number | null)[]
  readonly seeds: number
  /** Pieces of the pack that are left out in turn. */
  readonly pieces: readonly PieceId[]
}

export interface PlannedCell {
  /** An arm, or "without lexicon:valence". */
  readonly arm: string
  readonly labels: number | null
  readonly seed: number
  readonly recipe: Recipe
}

export const withoutPiece = (piece: PieceId): string => `without ${piece}`

/** The arm that pieces are left out of: the last one with knowledge; null where there is none. */
export const fullArm = (arms: readonly AblationArm[]): AblationArm | null =>
  arms.findLast((arm) => arm !== 'none') ?? null

/**
 * Every cell of an ablation, seed by seed, so that one which ends early has whole comparisons. The
 * same labels and seed give every arm the same split, the same start and the same batches.
 */
export function planCells(plan: AblationPlan): readonly PlannedCell[] {
  const { recipe, arms, labels, seeds, pieces } = plan
  const full = fullArm(arms)
  const variants: readonly { readonly arm: string; readonly recipe: Recipe }[] = [
    ...arms.map((arm) => ({ arm, recipe: recipeOfArm(recipe, arm) })),
    ...(full === null ? [] : leaveEachOut(recipeOfArm(recipe, full), pieces)),
  ]
  return Array.from({ length: seeds }, (_, seed) =>
    labels.flatMap((count) =>
      variants.map((variant) => ({
        arm: variant.arm,
        labels: count,
        seed,
        recipe: atCell(variant.recipe, count, seed),
      })),
    ),
  ).flat()
}

/** The recipe as an arm has it: where its knowledge takes part. */
export function recipeOfArm(recipe: RecipeWithPack, arm: AblationArm): Recipe {
  const { knowledge } = recipe
  const training = listed(knowledge.training)
  const prediction = listed(knowledge.prediction)
  switch (arm) {
    case 'none':
      return { ...recipe, knowledge: null }
    case 'training':
      return { ...recipe, knowledge: { ...knowledge, training, prediction: 'none' } }
    case 'prediction':
      return { ...recipe, knowledge: { ...knowledge, training: 'none', prediction } }
    case 'both':
      return { ...recipe, knowledge: { ...knowledge, training, prediction } }
    case 'auto':
      return {
        ...recipe,
        train: 'auto',
        knowledge: { ...knowledge, training: 'auto', prediction: 'auto' },
      }
  }
}

/** The methods that the recipe lists; without a list they are chosen automatically. */
const listed = <Method>(methods: 'auto' | 'none' | Method[]): 'auto' | Method[] =>
  typeof methods === 'string' ? 'auto' : methods

const leaveEachOut = (recipe: Recipe, pieces: readonly PieceId[]) =>
  pieces.map((piece) => ({ arm: withoutPiece(piece), recipe: leaveOut(recipe, piece) }))

const leaveOut = (recipe: Recipe, piece: PieceId): Recipe =>
  recipe.knowledge === null
    ? recipe
    : {
        ...recipe,
        knowledge: { ...recipe.knowledge, without: [...recipe.knowledge.without, piece] },
      }

/** Weights of a cell are of no further use: only its results stay. */
const atCell = (recipe: Recipe, labels: number | null, seed: number): Recipe => ({
  ...recipe,
  data: { ...recipe.data, trainRows: labels },
  seeds: { data: seed, init: seed, dropout: seed },
  checkpoint: { ...recipe.checkpoint, keep: 'none' },
})

/** What people say of a cell: "valence · none · n=16 · seed 3". */
export const nameOfCell = (
  ablation: string,
  { arm, labels, seed }: Pick<PlannedCell, 'arm' | 'labels' | 'seed'>,
): string =>
  [ablation, arm, labels === null ? 'all labels' : `n=${labels}`, `seed ${seed}`].join(' · ')
