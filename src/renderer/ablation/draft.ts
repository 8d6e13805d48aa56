import type { InputOf } from '@shared/contract'
import { ablationArms, type AblationArm } from '@shared/domain'
import { t } from '../i18n'

/** What a person chose for a new ablation. */
export interface AblationDraft {
  readonly name: string
  readonly model: string | null
  readonly dataset: string | null
  readonly pack: string | null
  /** Labels of the pack → labels of the rows, where names differ. */
  readonly map: Readonly<Record<string, string>>
  readonly arms: readonly AblationArm[]
  /** As it is typed: "16, 64, all". */
  readonly labels: string
  readonly seeds: number
  readonly leaveOneOut: boolean
  readonly metric: string
  /** What every cell has in common; model, dataset and pack are put in. */
  readonly recipe: Readonly<Record<string, unknown>>
}

export const initialDraft: AblationDraft = {
  name: '',
  model: null,
  dataset: null,
  pack: null,
  map: {},
  arms: ablationArms,
  labels: '16, 64, 256',
  seeds: 10,
  leaveOneOut: false,
  metric: 'test.accuracy',
  recipe: { train: 'auto' },
}

export type Labels =
  | { readonly ok: true; readonly labels: readonly (number | null)[] }
  | { readonly ok: false; readonly problem: string }

const most = 20

/** Numbers of labels as they are typed; "all" (in either language) is every row there is. */
export function parseLabels(text: string): Labels {
  const words = text
    .split(/[,，;；\s]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const labels: (number | null)[] = []
  for (const word of words) {
    const value = labelsOf(word)
    if (value === undefined)
      return { ok: false, problem: t('ablation.form.labelsProblem', { text: word }) }
    if (!labels.includes(value)) labels.push(value)
  }
  if (labels.length === 0) return { ok: false, problem: t('ablation.form.labelsNone') }
  if (labels.length > most) return { ok: false, problem: t('ablation.form.labelsTooMany') }
  return { ok: true, labels: labels.sort((a, b) => (a ?? Infinity) - (b ?? Infinity)) }
}

function labelsOf(word: string): number | null | undefined {
  if (word.toLowerCase() === 'all' || word === '全部') return null
  const value = Number(word)
  return Number.isInteger(value) && value >= 2 && value <= 10_000_000 ? value : undefined
}

/** What keeps a draft from being started: the field and a sentence. */
export function problemOfArms(arms: readonly AblationArm[]): string | null {
  return arms.includes('none') && arms.length > 1 ? null : t('ablation.form.armsProblem')
}

export const withArm = (
  arms: readonly AblationArm[],
  arm: AblationArm,
  present: boolean,
): readonly AblationArm[] =>
  ablationArms.filter((each) => (each === arm ? present : arms.includes(each)))

/** Runs that an ablation takes: every arm and every piece left out, by labels and seeds. */
export const runsOf = (
  { arms, seeds, leaveOneOut }: AblationDraft,
  labels: number,
  pieces: number,
): number => (arms.length + (leaveOneOut ? pieces : 0)) * labels * seeds

/** Arms that train alike where ways to train are tried: they do it once. */
const alike: readonly (readonly AblationArm[])[] = [
  ['none', 'prediction'],
  ['training', 'both', 'auto'],
]

/** Of the runs of an ablation, those that do not train like another. */
export const trainingsOf = (draft: AblationDraft, labels: number, pieces: number): number => {
  const arms = alike.flatMap((each) => each.filter((arm) => draft.arms.includes(arm)).slice(0, 1))
  return runsOf({ ...draft, arms }, labels, pieces)
}

/** The longest sequence of a recipe that does not say it. */
const usualLength = 128

/**
 * The recipe of the cells; null while model, dataset or pack is missing. `longest`: the most tokens
 * that the model reads.
 */
export function recipeOf(
  draft: AblationDraft,
  longest: number,
): Readonly<Record<string, unknown>> | null {
  const { model, dataset, pack, map: labels, recipe } = draft
  if (model === null || dataset === null || pack === null) return null
  const data = isRecord(recipe['data']) ? recipe['data'] : {}
  const knowledge = isRecord(recipe['knowledge']) ? recipe['knowledge'] : {}
  const wanted = typeof data['maxLength'] === 'number' ? data['maxLength'] : usualLength
  const maxLength = Math.min(wanted, longest)
  return {
    ...recipe,
    model,
    data: { ...data, dataset, maxLength },
    knowledge: { ...knowledge, pack, labels },
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is sent; null while something is missing or wrong. */
export function requestOf(
  draft: AblationDraft,
  project: string,
  longest: number,
): InputOf<'ablations.create'> | null {
  const recipe = recipeOf(draft, longest)
  const labels = parseLabels(draft.labels)
  if (recipe === null || !labels.ok || problemOfArms(draft.arms) !== null) return null
  const { name, arms, seeds, leaveOneOut, metric } = draft
  return {
    project,
    recipe,
    labels: [...labels.labels],
    arms: [...arms],
    seeds,
    leaveOneOut,
    metric,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
  }
}
