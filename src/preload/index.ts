import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { GraftbenchBridge, MenuCommand } from '@shared/bridge'
import { menuCommands } from '@shared/bridge'
import type { RpcMessage } from '@shared/rpc'

/** Listens to a channel of the main process; the page never sees Electron's event. */
function listen<T>(channel: string, listener: (value: T) => void): () => void {
  const take = (_event: unknown, value: T): void => listener(value)
  ipcRenderer.on(channel, take)
  return () => void ipcRenderer.off(channel, take)
}

/** Electron before 29 put the path onto the file itself. */
function pathOf(file: File): string {
  if (typeof webUtils?.getPathForFile === 'function') return webUtils.getPathForFile(file)
  return 'path' in file && typeof file.path === 'string' ? file.path : ''
}

const isMenuCommand = (value: unknown): value is MenuCommand =>
  menuCommands.some((command) => command === value)

const bridge: GraftbenchBridge = {
  kind: 'electron',
  request: (message) => ipcRenderer.send('graftbench:request', message),
  onMessage: (listener) => listen<RpcMessage>('graftbench:message', listener),
  files: {
    open: (options) => ipcRenderer.invoke('graftbench:open', options ?? {}),
    openFolder: (options) => ipcRenderer.invoke('graftbench:openFolder', options ?? {}),
    save: (options) => ipcRenderer.invoke('graftbench:save', options ?? {}),
    pathOf,
  },
  showInFolder: (path) => ipcRenderer.invoke('graftbench:showInFolder', path),
  openExternal: (url) => ipcRenderer.invoke('graftbench:openExternal', url),
  onMenu: (listener) =>
    listen('graftbench:menu', (value) => {
      if (isMenuCommand(value)) listener(value)
    }),
  setUnsaved: (unsaved) => ipcRenderer.send('graftbench:unsaved', unsaved),
  platform: process.platform,
  versions: {
    electron: process.versions.electron,
    chrome: process.versions['chrome'] ?? '',
    node: process.versions.node,
  },
}

contextBridge.exposeInMainWorld('graftbench', bridge)
