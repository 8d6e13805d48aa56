import type {
  AblationId,
  DatasetId,
  ModelId,
  PackId,
  ProjectId,
  Run,
  RunId,
  RunState,
} from '@shared/domain'
import {
  all,
  first,
  toJson,
  write,
  type Parameters,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'
import { stateColumns, toRun, type RunRow } from './run-rows'

const selectRuns = `
  SELECT runs.*, recipes.recipe AS recipe_json
  FROM runs JOIN recipes ON recipes.hash = runs.recipe`

const query = (db: ReadableDatabase, rest: string, parameters: Parameters = {}): readonly Run[] =>
  all<RunRow>(db, `${selectRuns} ${rest}`, parameters).map(toRun)

export const listRuns = (db: ReadableDatabase, archived: boolean): readonly Run[] =>
  query(db, 'WHERE archived = 0 OR $archived = 1 ORDER BY number DESC', {
    archived: archived ? 1 : 0,
  })

export const listRunsOfProject = (
  db: ReadableDatabase,
  project: ProjectId,
  archived: boolean,
): readonly Run[] =>
  query(db, 'WHERE project = $project AND (archived = 0 OR $archived = 1) ORDER BY number DESC', {
    project,
    archived: archived ? 1 : 0,
  })

/** Runs that were handed to a trainer and have not ended. */
export const listActiveRuns = (db: ReadableDatabase): readonly Run[] =>
  query(db, `WHERE state IN ('starting', 'running', 'stopping') ORDER BY number`)

/** The queue, first in line first. */
export const listQueuedRuns = (db: ReadableDatabase): readonly Run[] =>
  query(db, `WHERE state = 'queued' ORDER BY position, number`)

/** The first so many of the queue. */
export const listNextRuns = (db: ReadableDatabase, limit: number): readonly Run[] =>
  query(db, `WHERE state = 'queued' ORDER BY position, number LIMIT $limit`, { limit })

export const listRunsOfModel = (db: ReadableDatabase, model: ModelId): readonly Run[] =>
  query(db, 'WHERE model = $model ORDER BY number', { model })

export const listRunsOfDataset = (db: ReadableDatabase, dataset: DatasetId): readonly Run[] =>
  query(db, 'WHERE dataset = $dataset ORDER BY number', { dataset })

export const listRunsOfPack = (db: ReadableDatabase, pack: PackId): readonly Run[] =>
  query(db, 'WHERE pack = $pack ORDER BY number', { pack })

/** The cells of an ablation, each once. */
export const listRunsOfAblation = (db: ReadableDatabase, ablation: AblationId): readonly Run[] =>
  query(db, 'WHERE ablation = $ablation ORDER BY number', { ablation })

export const getRun = (db: ReadableDatabase, id: RunId): Run | null =>
  query(db, 'WHERE runs.id = $id', { id })[0] ?? null

/** Every run that a person may mean: by id, else by number, else by name. */
export function findRuns(db: ReadableDatabase, reference: string): readonly Run[] {
  const byId = query(db, 'WHERE runs.id = $reference', { reference })
  if (byId.length > 0) return byId
  const number = /^#?(\d{1,15})$/.exec(reference)?.[1]
  if (number !== undefined) {
    const byNumber = query(db, 'WHERE number = $number', { number: Number(number) })
    if (byNumber.length > 0) return byNumber
  }
  return query(db, 'WHERE name = $reference COLLATE NOCASE ORDER BY number', { reference })
}

/** The next run number of the workspace; numbers of deleted runs do not come again. */
export function nextRunNumber(db: WritableDatabase): number {
  write(db, `UPDATE counters SET value = value + 1 WHERE name = 'run'`)
  return first<{ value: number }>(db, `SELECT value FROM counters WHERE name = 'run'`)?.value ?? 1
}

/** Inserts a run; its recipe must be kept under `recipeHash` already. */
export function insertRun(db: WritableDatabase, run: Run, recipeHash: string): void {
  write(
    db,
    `INSERT INTO runs (id, number, project, name, note, tags, archived, recipe, model, model_name,
       model_hash, dataset, dataset_name, dataset_hash, labels, pack, pack_name, pack_hash,
       ablation, state, position, stopping_to, error, created_at)
     VALUES ($id, $number, $project, $name, $note, $tags, 0, $recipe, $model, $modelName,
       $modelHash, $dataset, $datasetName, $datasetHash, $labels, $pack, $packName, $packHash,
       $ablation, $state, $position, $stoppingTo, $error, $createdAt)`,
    {
      id: run.id,
      number: run.number,
      project: run.project,
      name: run.name,
      note: run.note,
      tags: toJson(run.tags),
      recipe: recipeHash,
      model: run.model,
      modelName: run.modelName,
      modelHash: run.modelHash,
      dataset: run.dataset,
      datasetName: run.datasetName,
      datasetHash: run.datasetHash,
      labels: toJson(run.labels),
      pack: run.pack,
      packName: run.packName,
      packHash: run.packHash,
      ablation: run.ablation,
      createdAt: run.createdAt,
      ...stateColumns(run.state),
    },
  )
}

export function setRunState(db: WritableDatabase, id: RunId, state: RunState): void {
  write(
    db,
    `UPDATE runs SET state = $state, position = $position, stopping_to = $stoppingTo, error = $error
     WHERE id = $id`,
    { id, ...stateColumns(state) },
  )
}

export function setRunTrainer(db: WritableDatabase, id: RunId, pid: number | null): void {
  write(db, 'UPDATE runs SET trainer_pid = $pid WHERE id = $id', { id, pid })
}

export const trainerOf = (db: ReadableDatabase, id: RunId): number | null =>
  first<{ pid: number | null }>(db, 'SELECT trainer_pid AS pid FROM runs WHERE id = $id', { id })
    ?.pid ?? null

export const lastSeqOf = (db: ReadableDatabase, id: RunId): number =>
  first<{ seq: number }>(db, 'SELECT last_seq AS seq FROM runs WHERE id = $id', { id })?.seq ?? 0

export function setLastSeq(db: WritableDatabase, id: RunId, seq: number): void {
  write(db, 'UPDATE runs SET last_seq = $seq WHERE id = $id', { id, seq })
}

export function setRunRecipe(db: WritableDatabase, id: RunId, recipeHash: string): void {
  write(db, 'UPDATE runs SET recipe = $recipeHash WHERE id = $id', { id, recipeHash })
}

/** What a person writes about a run. */
export function describeRun(
  db: WritableDatabase,
  run: Pick<Run, 'id' | 'name' | 'note' | 'tags' | 'archived'>,
): void {
  write(
    db,
    `UPDATE runs SET name = $name, note = $note, tags = $tags, archived = $archived WHERE id = $id`,
    {
      id: run.id,
      name: run.name,
      note: run.note,
      tags: toJson(run.tags),
      archived: run.archived ? 1 : 0,
    },
  )
}

/** What a run found out so far; set from its events. */
export function recordRun(
  db: WritableDatabase,
  run: Pick<
    Run,
    | 'id'
    | 'metrics'
    | 'best'
    | 'steps'
    | 'seconds'
    | 'samplesPerSecond'
    | 'peakMemoryBytes'
    | 'resumable'
    | 'machine'
    | 'startedAt'
    | 'endedAt'
    | 'diskBytes'
  >,
): void {
  write(
    db,
    `UPDATE runs SET metrics = $metrics, best = $best, steps = $steps, seconds = $seconds,
       samples_per_second = $samplesPerSecond, peak_memory_bytes = $peakMemoryBytes,
       resumable = $resumable, machine = $machine, started_at = $startedAt, ended_at = $endedAt,
       disk_bytes = $diskBytes
     WHERE id = $id`,
    {
      id: run.id,
      metrics: toJson(run.metrics),
      best: run.best === null ? null : toJson(run.best),
      steps: run.steps,
      seconds: run.seconds,
      samplesPerSecond: run.samplesPerSecond,
      peakMemoryBytes: run.peakMemoryBytes,
      resumable: run.resumable ? 1 : 0,
      machine: run.machine === null ? null : toJson(run.machine),
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      diskBytes: run.diskBytes,
    },
  )
}

export const deleteRun = (db: WritableDatabase, id: RunId): number =>
  write(db, 'DELETE FROM runs WHERE id = $id', { id })

export interface ProjectRuns {
  readonly runs: number
  readonly active: number
  readonly lastActivity: number | null
  readonly diskBytes: number
}

/** What a project's card says of its runs. */
export function projectRuns(db: ReadableDatabase, project: ProjectId): ProjectRuns {
  const row = first<ProjectRuns>(
    db,
    `SELECT count(*) AS runs,
       count(*) FILTER (WHERE state IN ('queued', 'starting', 'running', 'stopping')) AS active,
       max(max(created_at, ifnull(started_at, 0), ifnull(ended_at, 0))) AS lastActivity,
       ifnull(sum(disk_bytes), 0) AS diskBytes
     FROM runs WHERE project = $project`,
    { project },
  )
  return row ?? { runs: 0, active: 0, lastActivity: null, diskBytes: 0 }
}

/** The newest run of the project that has results. */
export const lastResultRun = (db: ReadableDatabase, project: ProjectId): Run | null =>
  query(
    db,
    `WHERE project = $project AND metrics <> '{}' ORDER BY ifnull(ended_at, started_at) DESC LIMIT 1`,
    { project },
  )[0] ?? null
