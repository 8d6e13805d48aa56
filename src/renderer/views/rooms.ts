import Boxes from '@lucide/svelte/icons/boxes'
import ChartLine from '@lucide/svelte/icons/chart-line'
import FlaskConical from '@lucide/svelte/icons/flask-conical'
import FolderOpen from '@lucide/svelte/icons/folder-open'
import GitCompare from '@lucide/svelte/icons/git-compare'
import Library from '@lucide/svelte/icons/library'
import ListPlus from '@lucide/svelte/icons/list-plus'
import Scale from '@lucide/svelte/icons/scale'
import Settings from '@lucide/svelte/icons/settings'
import Table from '@lucide/svelte/icons/table-2'
import type { Component } from 'svelte'
import type { MessageKey } from '../i18n'
import type { Route, RouteName } from '../routes'

/** A place of the rail. */
export interface Room {
  readonly label: MessageKey
  readonly icon: Component
  /** Where it leads; null without a project. */
  readonly route: (project: string | null) => Route | null
  /** Routes at which it is the current room. */
  readonly names: readonly RouteName[]
  /** Pressed after `G`. */
  readonly key: string
}

const ofProject =
  (make: (project: string) => Route): Room['route'] =>
  (project) =>
    project === null ? null : make(project)

export const projectsRoom: Room = {
  label: 'shell.projects',
  icon: FolderOpen,
  route: () => ({ name: 'projects' }),
  names: ['projects'],
  key: 'P',
}

export const libraryRooms: readonly Room[] = [
  {
    label: 'shell.data',
    icon: Table,
    route: () => ({ name: 'data' }),
    names: ['data', 'data-import', 'dataset'],
    key: 'D',
  },
  {
    label: 'shell.models',
    icon: Boxes,
    route: () => ({ name: 'models' }),
    names: ['models', 'model'],
    key: 'M',
  },
  {
    label: 'shell.knowledge',
    icon: Library,
    route: () => ({ name: 'knowledge' }),
    names: ['knowledge', 'pack'],
    key: 'K',
  },
]

export const projectRooms: readonly Room[] = [
  {
    label: 'shell.newRun',
    icon: ListPlus,
    route: ofProject((project) => ({ name: 'new-run', project })),
    names: ['new-run'],
    key: 'N',
  },
  {
    label: 'shell.runs',
    icon: ChartLine,
    route: ofProject((project) => ({ name: 'runs', project })),
    names: ['runs', 'run'],
    key: 'R',
  },
  {
    label: 'shell.compare',
    icon: GitCompare,
    route: ofProject((project) => ({ name: 'compare', project, runs: [] })),
    names: ['compare'],
    key: 'C',
  },
  {
    label: 'ablation.title',
    icon: Scale,
    route: ofProject((project) => ({ name: 'ablations', project })),
    names: ['ablations', 'new-ablation', 'ablation'],
    key: 'A',
  },
  {
    label: 'shell.playground',
    icon: FlaskConical,
    route: ofProject((project) => ({ name: 'playground', project, runs: [] })),
    names: ['playground'],
    key: 'Y',
  },
]

export const settingsRoom: Room = {
  label: 'shell.settings',
  icon: Settings,
  route: () => ({ name: 'settings' }),
  names: ['settings'],
  key: 'S',
}

export const allRooms: readonly Room[] = [
  projectsRoom,
  ...libraryRooms,
  ...projectRooms,
  settingsRoom,
]
