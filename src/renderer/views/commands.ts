import Boxes from '@lucide/svelte/icons/boxes'
import ChartLine from '@lucide/svelte/icons/chart-line'
import FolderOpen from '@lucide/svelte/icons/folder-open'
import Keyboard from '@lucide/svelte/icons/keyboard'
import Library from '@lucide/svelte/icons/library'
import Plus from '@lucide/svelte/icons/plus'
import SunMoon from '@lucide/svelte/icons/sun-moon'
import Table from '@lucide/svelte/icons/table-2'
import { activity, workspace } from '../api'
import { t, translate } from '../i18n'
import { goTo, type Route } from '../routes'
import { formatBytes, formatCount, setThemeChoice, theme, type PaletteGroup } from '../ui'
import { allRooms } from './rooms'

/** Everything that the command palette knows, for the current project. */
export function paletteGroups(
  project: string | null,
  openShortcuts: () => void,
): readonly PaletteGroup[] {
  const groups: readonly PaletteGroup[] = [
    { label: t('shell.goTo'), commands: roomCommands(project) },
    {
      label: t('shell.activeRuns'),
      commands: activity.runs.map((run) => ({
        id: run.id,
        label: `#${run.number} ${run.name}`,
        icon: ChartLine,
        run: () => goTo({ name: 'run', project: run.project, run: run.id }),
      })),
    },
    {
      label: t('shell.projects'),
      commands: (workspace.projects.value ?? []).map((each) => ({
        id: each.id,
        label: each.name,
        hint: t('unit.runs', { count: each.runs }),
        icon: FolderOpen,
        run: () => goTo({ name: 'runs', project: each.id }),
      })),
    },
    {
      label: t('shell.recentDatasets'),
      commands: (workspace.datasets.value ?? []).map((each) => ({
        id: each.id,
        label: each.name,
        hint: t('unit.rows', { count: each.rows }),
        icon: Table,
        run: () => goTo({ name: 'dataset', dataset: each.id }),
      })),
    },
    {
      label: t('shell.recentModels'),
      commands: (workspace.models.value ?? []).map((each) => ({
        id: each.id,
        label: each.name,
        hint: `${formatCount(each.parameters)} · ${formatBytes(each.bytes)}`,
        icon: Boxes,
        run: () => goTo({ name: 'model', model: each.id }),
      })),
    },
    {
      label: t('knowledge.listTitle'),
      commands: (workspace.packs.value ?? []).map((each) => ({
        id: each.id,
        label: each.name,
        hint: t('pack.versionOf', { version: each.version }),
        icon: Library,
        run: () => goTo({ name: 'pack', pack: each.id }),
      })),
    },
    {
      label: t('shell.actions'),
      commands: [
        {
          id: 'import',
          label: t('shell.importData'),
          icon: Plus,
          run: () => goTo({ name: 'data-import' }),
        },
        {
          id: 'theme',
          label: t('shell.theme'),
          icon: SunMoon,
          shortcut: 'Mod+Shift+L',
          run: () => setThemeChoice(theme() === 'dark' ? 'light' : 'dark'),
        },
        {
          id: 'shortcuts',
          label: t('shell.shortcuts'),
          icon: Keyboard,
          shortcut: '?',
          run: openShortcuts,
        },
      ],
    },
  ]
  return groups.filter((group) => group.commands.length > 0)
}

function roomCommands(project: string | null): PaletteGroup['commands'] {
  return allRooms.flatMap((room) => {
    const route: Route | null = room.route(project)
    if (route === null) return []
    return [
      {
        id: `room-${room.key}`,
        label: translate(room.label),
        icon: room.icon,
        shortcut: `G then ${room.key}`,
        run: () => goTo(route),
      },
    ]
  })
}
