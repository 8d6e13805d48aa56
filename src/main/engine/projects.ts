import type { ProjectId, ProjectSummary } from '@shared/domain'
import { GraftError } from '@shared/errors'
import {
  deleteProject,
  findProject,
  insertProject,
  lastResultRun,
  listAblationsOfProject,
  listProjects,
  listRunsOfProject,
  projectRuns,
  transaction,
  updateProject,
  type ReadableDatabase,
  type StoredProject,
} from '../store'
import { removeAblations } from './ablation-control'
import type { Context } from './context'
import type { HandlersOf } from './handlers'
import { newId } from './ids'
import { headlineMetric } from './metrics'
import { requireProject, requireRun } from './references'
import type { RunRemover } from './run-removal'

export function projectHandlers(context: Context, remover: RunRemover): HandlersOf<'projects'> {
  const { db, events } = context
  return {
    'projects.list': () => listProjects(db).map((project) => summarize(db, project)),
    'projects.get': ({ project }) => summarize(db, requireProject(db, project)),
    'projects.create': ({ name, description }) => {
      const project = {
        id: newId<ProjectId>('project'),
        name,
        description,
        createdAt: context.now(),
      }
      transaction(db, () => {
        requireFreeName(db, name)
        insertProject(db, project)
      })
      events.publish('projects.changed', {})
      return project
    },
    'projects.update': (input) => {
      const updated = transaction(db, () => {
        const project = requireProject(db, input.project)
        if (input.name !== undefined) requireFreeName(db, input.name, project.id)
        const changed: StoredProject = {
          ...project,
          name: input.name ?? project.name,
          description: input.description ?? project.description,
          baseline: baselineOf(db, project, input.baseline),
        }
        updateProject(db, changed)
        return changed
      })
      events.publish('projects.changed', {})
      events.publish('project.changed', { project: updated.id })
      const { id, name, description, createdAt } = updated
      return { id, name, description, createdAt }
    },
    'projects.delete': async ({ project: reference }) => {
      const project = requireProject(db, reference)
      const ofAblations = await removeAblations(
        context,
        remover,
        listAblationsOfProject(db, project.id),
      )
      const runs = listRunsOfProject(db, project.id, true)
      const bytes = ofAblations + (await remover.remove(runs))
      deleteProject(db, project.id)
      events.publish('projects.changed', {})
      return { bytes }
    },
  }
}

function requireFreeName(db: ReadableDatabase, name: string, except?: ProjectId): void {
  const other = findProject(db, name)
  if (other !== null && other.id !== except) {
    throw new GraftError('conflict', `There is a project "${other.name}" already.`, { name })
  }
}

function baselineOf(
  db: ReadableDatabase,
  project: StoredProject,
  reference: string | null | undefined,
): StoredProject['baseline'] {
  if (reference === undefined) return project.baseline
  if (reference === null) return null
  const run = requireRun(db, reference)
  if (run.project !== project.id) {
    throw new GraftError(
      'conflict',
      `Run #${run.number} belongs to another project than "${project.name}".`,
      { run: run.id, project: project.id },
    )
  }
  return run.id
}

/** A project as its card shows it. */
export function summarize(db: ReadableDatabase, project: StoredProject): ProjectSummary {
  const runs = projectRuns(db, project.id)
  const last = lastResultRun(db, project.id)
  const headline = last === null ? null : headlineMetric(last.metrics)
  return {
    ...project,
    runs: runs.runs,
    activeRuns: runs.active,
    lastActivity: Math.max(project.createdAt, runs.lastActivity ?? 0),
    lastResult: last === null || headline === null ? null : { run: last.id, ...headline },
    diskBytes: runs.diskBytes,
  }
}
