import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import { startPage } from './pages'
import { leastSize, placeOnScreens, readWindowState, writeWindowState } from './window-state'

/** Background before the page has drawn: the ground of both themes. */
const background = { light: '#fbfaf8', dark: '#1b1a18' } as const

/** Opens the window where it was last, with a page that can reach nothing but the bridge. */
export function openWindow(preload: string): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json')
  const state = readWindowState(stateFile)
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
  const window = new BrowserWindow({
    ...placeOnScreens(state, screens),
    minWidth: leastSize.width,
    minHeight: leastSize.height,
    show: false,
    title: 'Graftbench',
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
    },
  })
  if (state?.maximized === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    const size = { ...window.getNormalBounds(), maximized: window.isMaximized() }
    writeWindowState(stateFile, size).catch((error: unknown) => {
      console.error('The size of the window was not kept:', error)
    })
  })
  void window.loadURL(startPage)
  return window
}
