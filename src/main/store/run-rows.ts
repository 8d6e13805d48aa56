import type {
  AblationId,
  DatasetId,
  Machine,
  ModelId,
  PackId,
  ProjectId,
  Recipe,
  Run,
  RunId,
  RunState,
  RunStateKind,
} from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { fromJson, fromJsonOrNull, toJson, type Parameters } from './database'

/** A row of `runs` joined with its recipe. */
export interface RunRow {
  readonly id: RunId
  readonly number: number
  readonly project: ProjectId
  readonly name: string
  readonly note: string
  readonly tags: string
  readonly archived: number
  readonly recipe_json: string
  readonly model: ModelId
  readonly model_name: string
  readonly model_hash: string
  readonly dataset: DatasetId
  readonly dataset_name: string
  readonly dataset_hash: string
  readonly labels: string
  readonly pack: PackId | null
  readonly pack_name: string | null
  readonly pack_hash: string | null
  readonly ablation: AblationId | null
  readonly state: RunStateKind
  readonly position: number | null
  readonly stopping_to: 'paused' | 'stopped' | null
  readonly error: string | null
  readonly metrics: string
  readonly best: string | null
  readonly steps: number
  readonly seconds: number
  readonly samples_per_second: number | null
  readonly peak_memory_bytes: number | null
  readonly resumable: number
  readonly machine: string | null
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly disk_bytes: number
}

/** The run as it is recorded; its progress lives in the engine's memory only. */
export const toRun = (row: RunRow): Run => ({
  id: row.id,
  project: row.project,
  number: row.number,
  name: row.name,
  note: row.note,
  tags: fromJson<readonly string[]>(row.tags),
  archived: row.archived === 1,
  recipe: fromJson<Recipe>(row.recipe_json),
  model: row.model,
  modelName: row.model_name,
  modelHash: row.model_hash,
  dataset: row.dataset,
  datasetName: row.dataset_name,
  datasetHash: row.dataset_hash,
  labels: fromJson<readonly string[]>(row.labels),
  pack: row.pack,
  packName: row.pack_name,
  packHash: row.pack_hash,
  ablation: row.ablation,
  state: toState(row),
  progress: null,
  metrics: fromJson<Readonly<Record<string, number>>>(row.metrics),
  best: fromJsonOrNull<NonNullable<Run['best']>>(row.best),
  steps: row.steps,
  seconds: row.seconds,
  samplesPerSecond: row.samples_per_second,
  peakMemoryBytes: row.peak_memory_bytes,
  resumable: row.resumable === 1,
  machine: fromJsonOrNull<Machine>(row.machine),
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  diskBytes: row.disk_bytes,
})

function toState(row: RunRow): RunState {
  switch (row.state) {
    case 'queued':
      return { kind: 'queued', position: row.position ?? 0 }
    case 'stopping':
      return { kind: 'stopping', to: row.stopping_to ?? 'stopped' }
    case 'interrupted':
    case 'failed':
      return { kind: row.state, error: errorOf(row) }
    case 'starting':
    case 'running':
    case 'paused':
    case 'stopped':
    case 'finished':
      return { kind: row.state }
  }
}

const errorOf = (row: RunRow): ErrorPayload =>
  fromJsonOrNull<ErrorPayload>(row.error) ?? { code: 'internal', message: 'No reason recorded.' }

/** The columns that hold a state. */
export function stateColumns(state: RunState): Parameters {
  return {
    state: state.kind,
    position: state.kind === 'queued' ? state.position : null,
    stoppingTo: state.kind === 'stopping' ? state.to : null,
    error: state.kind === 'interrupted' || state.kind === 'failed' ? toJson(state.error) : null,
  }
}
