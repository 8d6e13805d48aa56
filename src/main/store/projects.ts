import type { Project, ProjectId, RunId } from '@shared/domain'
import { all, first, write, type ReadableDatabase, type WritableDatabase } from './database'

interface ProjectRow {
  readonly id: ProjectId
  readonly name: string
  readonly description: string
  readonly baseline: RunId | null
  readonly created_at: number
}

export interface StoredProject extends Project {
  readonly baseline: RunId | null
}

const toProject = (row: ProjectRow): StoredProject => ({
  id: row.id,
  name: row.name,
  description: row.description,
  baseline: row.baseline,
  createdAt: row.created_at,
})

export const listProjects = (db: ReadableDatabase): readonly StoredProject[] =>
  all<ProjectRow>(db, 'SELECT * FROM projects ORDER BY created_at, id').map(toProject)

/** By id or by name; names differ by more than case. */
export function findProject(db: ReadableDatabase, reference: string): StoredProject | null {
  const row = first<ProjectRow>(
    db,
    `SELECT * FROM projects WHERE id = $reference OR name = $reference
     ORDER BY id = $reference DESC LIMIT 1`,
    { reference },
  )
  return row === undefined ? null : toProject(row)
}

export function insertProject(db: WritableDatabase, project: Project): void {
  write(
    db,
    `INSERT INTO projects (id, name, description, created_at)
     VALUES ($id, $name, $description, $createdAt)`,
    {
      id: project.id,
      name: project.name,
      description: project.description,
      createdAt: project.createdAt,
    },
  )
}

export function updateProject(db: WritableDatabase, project: StoredProject): void {
  write(
    db,
    `UPDATE projects SET name = $name, description = $description, baseline = $baseline
     WHERE id = $id`,
    {
      id: project.id,
      name: project.name,
      description: project.description,
      baseline: project.baseline,
    },
  )
}

export const deleteProject = (db: WritableDatabase, id: ProjectId): number =>
  write(db, 'DELETE FROM projects WHERE id = $id', { id })
