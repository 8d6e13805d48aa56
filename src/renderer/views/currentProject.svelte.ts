import type { ProjectSummary } from '@shared/domain'
import { workspace } from '../api'
import type { Route } from '../routes'

const storageKey = 'graftbench.project'

/** The project of the window: the one of the address, else the last one, else the latest. */
export class CurrentProject {
  #last = $state(localStorage.getItem(storageKey))

  /** null: there is none, or projects are not read yet. */
  of(route: Route): ProjectSummary | null {
    const all = workspace.projects.value ?? []
    if ('project' in route) return find(all, route.project)
    return find(all, this.#last) ?? latest(all)
  }

  /** Remembers where the person is. */
  visit(route: Route): void {
    if (!('project' in route) || route.project === this.#last) return
    this.#last = route.project
    localStorage.setItem(storageKey, route.project)
  }
}

const find = (all: readonly ProjectSummary[], reference: string | null): ProjectSummary | null =>
  all.find((project) => project.id === reference || project.name === reference) ?? null

const latest = (all: readonly ProjectSummary[]): ProjectSummary | null =>
  [...all].sort((a, b) => b.lastActivity - a.lastActivity)[0] ?? null
