import type { MenuItemConstructorOptions } from 'electron'
import { Menu } from 'electron'
import type { MenuCommand } from '@shared/bridge'
import { messages } from './messages'

/** The application's menu. What is not the system's own is passed to the window. */
export function setMenu(command: (command: MenuCommand) => void): void {
  const texts = messages()
  const item = (
    label: string,
    accelerator: string,
    name: MenuCommand,
  ): MenuItemConstructorOptions => ({ label, accelerator, click: () => command(name) })
  const isMac = process.platform === 'darwin'
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: texts.file,
      submenu: [
        item(texts.newRun, 'CmdOrCtrl+N', 'new-run'),
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { label: texts.edit, role: 'editMenu' },
    {
      label: texts.view,
      submenu: [
        item(texts.commandPalette, 'CmdOrCtrl+K', 'command-palette'),
        item(texts.projects, 'CmdOrCtrl+1', 'show-projects'),
        item(texts.runs, 'CmdOrCtrl+2', 'show-runs'),
        item(texts.compare, 'CmdOrCtrl+3', 'show-compare'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'reload' },
        { role: 'toggleDevTools' },
      ],
    },
    { label: texts.window, role: 'windowMenu' },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
