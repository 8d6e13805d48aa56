import type { AblationId, ProjectId, Run, RunId } from '@shared/domain'
import { newId } from './ids'
import type { ResolvedRecipe } from './recipes'

/** What a run is besides its recipe. */
export interface RunIdentity {
  readonly project: ProjectId
  readonly number: number
  readonly name: string
  readonly tags: readonly string[]
  readonly ablation: AblationId | null
  readonly position: number
  readonly createdAt: number
}

/** A run in the queue that has done nothing yet. */
export const newRun = (
  { recipe, model, dataset, pack }: ResolvedRecipe,
  { project, number, name, tags, ablation, position, createdAt }: RunIdentity,
): Run => ({
  id: newId<RunId>('run'),
  project,
  number,
  name,
  note: '',
  tags: [...new Set(tags)],
  archived: false,
  recipe,
  model: model.id,
  modelName: model.name,
  modelHash: model.hash,
  dataset: dataset.id,
  datasetName: dataset.name,
  datasetHash: dataset.hash,
  labels: dataset.labels,
  pack: pack?.id ?? null,
  packName: pack?.name ?? null,
  packHash: pack?.hash ?? null,
  ablation,
  state: { kind: 'queued', position },
  progress: null,
  metrics: {},
  best: null,
  steps: 0,
  seconds: 0,
  samplesPerSecond: null,
  peakMemoryBytes: null,
  resumable: false,
  machine: null,
  createdAt,
  startedAt: null,
  endedAt: null,
  diskBytes: 0,
})
