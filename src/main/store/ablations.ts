import type {
  Ablation,
  AblationArm,
  AblationCell,
  AblationId,
  AblationState,
  DatasetId,
  PackId,
  ProjectId,
  Recipe,
  RunId,
} from '@shared/domain'
import {
  all,
  first,
  fromJson,
  toJson,
  write,
  type Parameters,
  type ReadableDatabase,
  type WritableDatabase,
} from './database'

/** How many cells of an ablation are in which kind of state. */
interface CellCounts {
  readonly total: number
  /** In the queue or with a trainer. */
  readonly moving: number
  readonly finished: number
  /** Ended by a mistake: failed or interrupted. */
  readonly broken: number
}

interface AblationRow extends CellCounts {
  readonly id: AblationId
  readonly number: number
  readonly name: string
  readonly project: ProjectId
  readonly dataset: DatasetId
  readonly dataset_name: string
  readonly pack_name: string
  readonly pack_hash: string
  readonly recipe_json: string
  readonly labels: string
  readonly arms: string
  readonly seeds: number
  readonly leave_one_out: number
  readonly metric: string
  readonly stopped: number
  readonly created_at: number
  /** When the last run of it ended. */
  readonly ended_at: number | null
}

/** What follows from the cells: `stopped` says that a person took the rest out of the queue. */
function stateOf({ total, moving, finished, broken }: CellCounts, stopped: boolean): AblationState {
  if (moving > 0) return 'running'
  if (finished === total) return 'finished'
  return stopped || finished + broken < total ? 'stopped' : 'failed'
}

function toAblation(row: AblationRow): Ablation {
  const state = stateOf(row, row.stopped === 1)
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    project: row.project,
    dataset: row.dataset,
    datasetName: row.dataset_name,
    packName: row.pack_name,
    packHash: row.pack_hash,
    recipe: fromJson<Recipe>(row.recipe_json),
    labels: fromJson<readonly (number | null)[]>(row.labels),
    arms: fromJson<readonly AblationArm[]>(row.arms),
    seeds: row.seeds,
    leaveOneOut: row.leave_one_out === 1,
    metric: row.metric,
    state,
    done: row.finished + row.broken,
    total: row.total,
    createdAt: row.created_at,
    endedAt: state === 'running' ? null : row.ended_at,
  }
}

const query = (
  db: ReadableDatabase,
  where: string,
  parameters: Parameters = {},
): readonly Ablation[] =>
  all<AblationRow>(
    db,
    `SELECT ablations.*, recipes.recipe AS recipe_json,
       count(runs.id) AS total, max(runs.ended_at) AS ended_at,
       count(*) FILTER (WHERE runs.state IN ('queued', 'starting', 'running', 'stopping')) AS moving,
       count(*) FILTER (WHERE runs.state = 'finished') AS finished,
       count(*) FILTER (WHERE runs.state IN ('failed', 'interrupted')) AS broken
     FROM ablations JOIN recipes ON recipes.hash = ablations.recipe
       LEFT JOIN runs ON runs.ablation = ablations.id
     ${where} GROUP BY ablations.id ORDER BY ablations.number DESC`,
    parameters,
  ).map(toAblation)

export const listAblations = (db: ReadableDatabase): readonly Ablation[] => query(db, '')

export const listAblationsOfProject = (
  db: ReadableDatabase,
  project: ProjectId,
): readonly Ablation[] => query(db, 'WHERE ablations.project = $project', { project })

export const listAblationsOfDataset = (
  db: ReadableDatabase,
  dataset: DatasetId,
): readonly Ablation[] => query(db, 'WHERE ablations.dataset = $dataset', { dataset })

export const listAblationsOfPack = (db: ReadableDatabase, pack: PackId): readonly Ablation[] =>
  query(db, 'WHERE ablations.pack = $pack', { pack })

export const getAblation = (db: ReadableDatabase, id: AblationId): Ablation | null =>
  query(db, 'WHERE ablations.id = $id', { id })[0] ?? null

/** Every ablation that a person may mean: by id, else by number, else by name. */
export function findAblations(db: ReadableDatabase, reference: string): readonly Ablation[] {
  const byId = query(db, 'WHERE ablations.id = $reference', { reference })
  if (byId.length > 0) return byId
  const number = /^#?(\d{1,15})$/.exec(reference)?.[1]
  if (number !== undefined) {
    const byNumber = query(db, 'WHERE ablations.number = $number', { number: Number(number) })
    if (byNumber.length > 0) return byNumber
  }
  return query(db, 'WHERE ablations.name = $reference COLLATE NOCASE', { reference })
}

/** The next number of an ablation in the workspace; numbers of deleted ones do not come again. */
export function nextAblationNumber(db: WritableDatabase): number {
  write(db, `UPDATE counters SET value = value + 1 WHERE name = 'ablation'`)
  const row = first<{ value: number }>(db, `SELECT value FROM counters WHERE name = 'ablation'`)
  return row?.value ?? 1
}

/** An ablation as it is begun, before it has cells. */
export type NewAblation = Omit<Ablation, 'state' | 'done' | 'total' | 'endedAt'> & {
  readonly pack: PackId
}

/** Inserts an ablation; its recipe must be kept under `recipeHash` already. */
export function insertAblation(
  db: WritableDatabase,
  ablation: NewAblation,
  recipeHash: string,
): void {
  write(
    db,
    `INSERT INTO ablations (id, number, name, project, dataset, dataset_name, pack, pack_name,
       pack_hash, recipe, labels, arms, seeds, leave_one_out, metric, created_at)
     VALUES ($id, $number, $name, $project, $dataset, $datasetName, $pack, $packName,
       $packHash, $recipe, $labels, $arms, $seeds, $leaveOneOut, $metric, $createdAt)`,
    {
      id: ablation.id,
      number: ablation.number,
      name: ablation.name,
      project: ablation.project,
      dataset: ablation.dataset,
      datasetName: ablation.datasetName,
      pack: ablation.pack,
      packName: ablation.packName,
      packHash: ablation.packHash,
      recipe: recipeHash,
      labels: toJson(ablation.labels),
      arms: toJson(ablation.arms),
      seeds: ablation.seeds,
      leaveOneOut: ablation.leaveOneOut ? 1 : 0,
      metric: ablation.metric,
      createdAt: ablation.createdAt,
    },
  )
}

export function insertCell(
  db: WritableDatabase,
  ablation: AblationId,
  cell: Pick<AblationCell, 'arm' | 'labels' | 'seed' | 'run'>,
): void {
  write(
    db,
    `INSERT INTO ablation_cells (ablation, run, arm, labels, seed)
     VALUES ($ablation, $run, $arm, $labels, $seed)`,
    { ablation, run: cell.run, arm: cell.arm, labels: cell.labels, seed: cell.seed },
  )
}

/** All cells in the order in which they were planned; only a finished run has a value. */
export const listCells = (
  db: ReadableDatabase,
  ablation: Pick<Ablation, 'id' | 'metric'>,
): readonly AblationCell[] =>
  all<AblationCell>(
    db,
    `SELECT arm, ablation_cells.labels AS labels, seed, run, state,
       CASE WHEN state = 'finished'
         THEN (SELECT value FROM json_each(metrics) WHERE key = $metric) END AS value
     FROM ablation_cells JOIN runs ON runs.id = run
     WHERE ablation_cells.ablation = $id ORDER BY ablation_cells.rowid`,
    { id: ablation.id, metric: ablation.metric },
  )

/** Cells that an engine which ended took with it, of ablations that nobody stopped. */
export const listLostCells = (db: ReadableDatabase): readonly RunId[] =>
  all<{ run: RunId }>(
    db,
    `SELECT runs.id AS run FROM runs JOIN ablations ON ablations.id = runs.ablation
     WHERE stopped = 0 AND state = 'interrupted'
       AND json_extract(error, '$.code') = 'engine.unavailable'
     ORDER BY runs.number`,
  ).map(({ run }) => run)

/** Whether a person took the cells that waited out of the queue. */
export const isStopped = (db: ReadableDatabase, id: AblationId): boolean =>
  first<{ stopped: number }>(db, 'SELECT stopped FROM ablations WHERE id = $id', { id })
    ?.stopped === 1

export function setStopped(db: WritableDatabase, id: AblationId, stopped: boolean): void {
  write(db, 'UPDATE ablations SET stopped = $stopped WHERE id = $id', {
    id,
    stopped: stopped ? 1 : 0,
  })
}

export function setSeeds(db: WritableDatabase, id: AblationId, seeds: number): void {
  write(db, 'UPDATE ablations SET seeds = $seeds WHERE id = $id', { id, seeds })
}

export const deleteAblation = (db: WritableDatabase, id: AblationId): number =>
  write(db, 'DELETE FROM ablations WHERE id = $id', { id })
