import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { _electron } from 'playwright-core'
import { findElectron } from '../../scripts/setup/electron.mjs'
import { built } from '../main/host/support'
import { canShowWindows, openDisplay } from './display'

/** The Electron to test with; null where there is none or nothing to show it on. */
export function electronForTests(): string | null {
  if (!canShowWindows()) return null
  const named = process.env['GRAFTBENCH_TEST_ELECTRON']
  if (named !== undefined && named !== '') return existsSync(named) ? named : null
  const found = findElectron()
  return found.found ? found.executable : null
}

/** What every Electron of a test is started with. */
export const electronFlags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] as const

/**
 * A folder that starts the built main process after Playwright's own loader, which holds the
 * program back until the debugger is attached: a window that opens before is not always found.
 */
async function appFolder(place: string): Promise<string> {
  const folder = join(place, 'app')
  const loader = resolve('node_modules/playwright-core/lib/server/electron/loader.js')
  const entries = [loader, join(built, 'main', 'index.cjs')]
  const main = entries.map((path) => `require(${JSON.stringify(path)})\n`).join('')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'main.cjs'), main)
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'graftbench', productName: 'Graftbench', main: 'main.cjs' }),
  )
  return folder
}

export interface OpenedWindow {
  readonly app: ElectronApplication
  readonly page: Page
  close(): Promise<void>
}

/** Opens the real window on a workspace; its own settings lie beside it. */
export async function openWindow(executablePath: string, workspace: string): Promise<OpenedWindow> {
  const display = await openDisplay()
  const app = await _electron.launch({
    executablePath,
    args: [...electronFlags, await appFolder(`${workspace}-window`)],
    env: {
      ...stringsOf(process.env),
      ...display.environment,
      GRAFTBENCH_WORKSPACE: workspace,
      GRAFTBENCH_USER_DATA: `${workspace}-window`,
      GRAFTBENCH_NODE: process.execPath,
    },
    timeout: 60_000,
  })
  app.process().once('exit', display.close)
  const page = await app.firstWindow({ timeout: 60_000 })
  await page.waitForLoadState('domcontentloaded')
  return { app, page, close: () => quit(app) }
}

/** Quits as a person does, and waits for the end of the process. */
async function quit(application: ElectronApplication): Promise<void> {
  const child = application.process()
  if (child.exitCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await application.evaluate(({ app }) => {
    setTimeout(() => app.quit(), 50)
  })
  await ended
}

const stringsOf = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
