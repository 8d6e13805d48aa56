import type { Ablation, Dataset, KnowledgePack, Model, Recipe, Run } from '@shared/domain'
import { t } from '../i18n'
import { ascending, labelsShort } from './arms'
import { initialDraft, type AblationDraft } from './draft'

/** Where the recipe of an ablation comes from. */
export interface RecipeSource {
  /** "fresh", or the id of a run or an ablation. */
  readonly key: string
  readonly label: string
  readonly hint?: string
  readonly fields: Pick<AblationDraft, 'recipe'> & Partial<AblationDraft>
}

/** A recipe of nothing but defaults, then those of earlier ablations and runs, newest first. */
export function sourcesOf(
  runs: readonly Run[],
  ablations: readonly Ablation[],
): readonly RecipeSource[] {
  const own = [...runs].filter((run) => run.ablation === null)
  return [
    {
      key: 'fresh',
      label: t('ablation.form.fresh'),
      hint: t('ablation.form.freshHint'),
      fields: { recipe: initialDraft.recipe },
    },
    ...[...ablations].sort((a, b) => b.number - a.number).map(ofAblation),
    ...own.sort((a, b) => b.number - a.number).map(ofRun),
  ]
}

function ofAblation(ablation: Ablation): RecipeSource {
  const { recipe, arms, labels, seeds, leaveOneOut, metric, number, name } = ablation
  return {
    key: ablation.id,
    label: t('ablation.form.ofAblation', { number, name }),
    fields: {
      recipe,
      model: recipe.model,
      dataset: recipe.data.dataset,
      arms,
      labels: ascending(labels).map(labelsShort).join(', '),
      seeds,
      leaveOneOut,
      metric,
      ...knowledgeOf(recipe),
    },
  }
}

function ofRun(run: Run): RecipeSource {
  const { recipe, number, name, modelName, datasetName } = run
  return {
    key: run.id,
    label: t('ablation.form.ofRun', { number, name }),
    hint: `${modelName}, ${datasetName}`,
    fields: {
      recipe,
      model: modelName,
      dataset: datasetName,
      ...knowledgeOf(recipe),
    },
  }
}

const knowledgeOf = ({ knowledge }: Recipe): Partial<AblationDraft> =>
  knowledge === null ? {} : { pack: knowledge.pack, map: knowledge.labels }

/** The draft that a form begins with: what the address names, else what is likely. */
export function draftOf(given: {
  readonly source: RecipeSource | undefined
  readonly pack: string | undefined
  readonly packs: readonly KnowledgePack[]
  readonly models: readonly Model[]
  readonly datasets: readonly Dataset[]
}): AblationDraft {
  const { source, packs, models, datasets } = given
  const draft = { ...initialDraft, ...source?.fields }
  const wanted = given.pack ?? draft.pack
  const pack =
    packs.find((each) => namesOf(each).includes(wanted ?? '')) ??
    (wanted === null ? packs[0] : null)
  const labels = new Set(pack?.labels ?? [])
  const fitting = datasets.find((each) => each.labels.some((label) => labels.has(label)))
  return {
    ...draft,
    pack: pack ? `${pack.name}@${pack.version}` : null,
    model: nameOf(models, draft.model) ?? models[0]?.name ?? null,
    dataset: nameOf(datasets, draft.dataset) ?? fitting?.name ?? datasets[0]?.name ?? null,
  }
}

const namesOf = ({ id, name, version, hash }: KnowledgePack): readonly string[] => [
  id,
  `${name}@${version}`,
  name,
  hash,
]

const nameOf = (
  things: readonly { readonly id: string; readonly name: string }[],
  reference: string | null,
): string | undefined =>
  things.find((each) => each.name === reference || each.id === reference)?.name
