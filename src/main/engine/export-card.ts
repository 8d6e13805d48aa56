import type { Recipe, Run } from '@shared/domain'
import { modelCard } from '../formats/modelcard'
import { poolingNote } from '../formats/pooled-head'
import { findModel, listConfusions } from '../store'
import type { Context } from './context'
import type { Followed } from './followed'
import { recipeToYaml } from './recipes'
import { requireDataset } from './references'

/** Parameters of a head that reads what a pack says of a row begin with this. */
const knowledgeTensors = 'knowledge.'

/** What a person must know to use the model elsewhere. */
export function exportNotes(
  pooling: Recipe['head']['pooling'],
  knowledge: boolean,
  tensors: Iterable<string>,
): readonly string[] {
  const readsPack = [...tensors].some((name) => name.startsWith(knowledgeTensors))
  return [
    ...(pooling === 'checkpoint' ? [] : [poolingNote(pooling)]),
    ...(readsPack
      ? [
          "The head reads scores of the knowledge pack beside the text (tensors knowledge.*), which transformers leaves out: its logits are not this model's. Predict with Graftbench.",
        ]
      : []),
    ...(knowledge
      ? [
          'The answers of the run also have knowledge in them, which is applied to the logits: see knowledge/README.md.',
        ]
      : []),
  ]
}

export function cardOf(
  { db, version, now }: Context,
  run: Run,
  followed: Followed,
  notes: readonly string[],
): string {
  const dataset = requireDataset(db, run.dataset)
  const confusions = listConfusions(db, run.id)
  return modelCard({
    title: run.name,
    baseModel: run.modelName,
    licence: findModel(db, run.model)?.licence ?? null,
    task: dataset.task,
    labels: run.labels,
    dataset: {
      name: dataset.name,
      source: dataset.source,
      licence: dataset.licence,
      hash: dataset.hash,
    },
    run: {
      number: run.number,
      steps: run.steps,
      seconds: run.seconds,
      graftbench: run.machine?.graftbench ?? version,
      date: new Date(run.endedAt ?? now()).toISOString().slice(0, 10),
    },
    metrics: run.metrics,
    confusion: confusions.find(({ split }) => split === 'test') ?? confusions[0] ?? null,
    recipeYaml: recipeToYaml(run.recipe),
    choices: followed.choices,
    pooling: followed.pooling,
    notes,
  })
}
