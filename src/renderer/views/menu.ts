import type { MenuCommand } from '@shared/bridge'
import type { Route } from '../routes'

/** Where an item of the window's menu leads; null where it leads nowhere. */
export function followMenu(command: MenuCommand, project: string | null): Route | null {
  switch (command) {
    case 'command-palette':
      return null
    case 'show-projects':
      return { name: 'projects' }
    case 'new-run':
      return project === null ? { name: 'projects' } : { name: 'new-run', project }
    case 'show-runs':
      return project === null ? { name: 'projects' } : { name: 'runs', project }
    case 'show-compare':
      return project === null ? { name: 'projects' } : { name: 'compare', project, runs: [] }
  }
}
