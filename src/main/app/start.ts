import { app, dialog, session } from 'electron'
import { toErrorPayload } from '@shared/errors'
import type { SupervisedEngine } from '../platform/engine-supervisor'
import { superviseEngine } from '../platform/engine-supervisor'
import { handleFiles } from './files'
import { chooseLauncher } from './launcher'
import { createLeaving } from './leaving'
import { setMenu } from './menu'
import { messages } from './messages'
import { registerPageScheme, servePages } from './pages'
import { createWindows, followUnsaved, routeCalls } from './router'
import { denyPermissions, restrictContents } from './security'
import { openWindow } from './window'

export interface AppPaths {
  /** Folder of the built entries: `engine.cjs`, `trainer.cjs`. */
  readonly entries: string
  /** Folder of the built renderer. */
  readonly renderer: string
  /** The built preload script. */
  readonly preload: string
}

/** Starts the window program; a second start shows the window of the first. */
export function startApp(paths: AppPaths): void {
  const userData = process.env['GRAFTBENCH_USER_DATA']
  if (userData !== undefined && userData !== '') app.setPath('userData', userData)
  registerPageScheme()
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  enableSandbox()
  restrictContents()
  void app.whenReady().then(() => run(paths))
}

/** Chromium refuses its sandbox to root, who has to ask for `--no-sandbox` by name. */
function enableSandbox(): void {
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  else console.warn('--no-sandbox: pages are isolated, but without the help of the system.')
}

function run(paths: AppPaths): void {
  servePages(paths.renderer)
  denyPermissions(session.defaultSession)
  const engine = startEngine(paths.entries)
  const windows = createWindows()
  routeCalls(engine, windows)
  handleFiles(windows)
  setMenu((command) => windows.send('graftbench:menu', command))
  const leaving = createLeaving(engine, followUnsaved(windows))

  const show = (): void => {
    const [open] = windows.open()
    if (open === undefined) {
      const window = openWindow(paths.preload)
      windows.add(window)
      leaving.guard(window)
    } else {
      if (open.isMinimized()) open.restore()
      open.show()
      open.focus()
    }
  }
  app.on('second-instance', show)
  app.on('activate', show)
  show()
  engine.catch((error: unknown) => {
    dialog.showErrorBox(messages().cannotStart, toErrorPayload(error).message)
    app.exit(1)
  })
}

async function startEngine(entries: string): Promise<SupervisedEngine> {
  const launcher = await chooseLauncher({ entries, workspace: workspaceArgument(process.argv) })
  console.log(`engine: ${launcher.name}`)
  return superviseEngine(launcher.connect, { log: (line) => console.error(line) })
}

/** `--workspace DIR` or `--workspace=DIR`; null: the default one. */
export function workspaceArgument(argv: readonly string[]): string | null {
  const joined = argv.find((argument) => argument.startsWith('--workspace='))
  if (joined !== undefined) return joined.slice('--workspace='.length)
  const at = argv.indexOf('--workspace')
  return at === -1 ? null : (argv[at + 1] ?? null)
}
