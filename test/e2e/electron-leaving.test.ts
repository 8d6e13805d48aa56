import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeRows } from '../main/host/rows'
import type { Folder } from '../main/host/support'
import { graftbench, isRecord, startServer, temporaryFolder } from '../main/host/support'
import { call, startRun, until } from './call'
import type { OpenedWindow } from './electron'
import { electronForTests, openWindow } from './electron'

const executable = electronForTests()

/** Answers the next question of the window with the button of this number, and counts questions. */
const answerWith = (app: ElectronApplication, button: number): Promise<void> =>
  app.evaluate(({ dialog }, button) => {
    dialog.showMessageBox = () => {
      Reflect.set(globalThis, 'asked', Number(Reflect.get(globalThis, 'asked') ?? 0) + 1)
      return Promise.resolve({ response: button, checkboxChecked: false })
    }
  }, button)

const timesAsked = (app: ElectronApplication): Promise<number> =>
  app.evaluate(() => Number(Reflect.get(globalThis, 'asked') ?? 0))

/** Closes the window a moment later: the program may end before an answer could come. */
const closeWindow = (app: ElectronApplication): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => {
    setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 50)
  })

const ended = (app: ElectronApplication): Promise<void> =>
  new Promise((resolve) => app.process().once('exit', () => resolve()))

describe.skipIf(executable === null)('leaving the window', () => {
  let folder: Folder
  let workspace: string
  let opened: OpenedWindow

  beforeEach(async () => {
    folder = await temporaryFolder()
    workspace = join(folder.path, 'workspace')
  })
  afterEach(() => folder.remove())

  const states = async (): Promise<readonly unknown[]> => {
    const { result } = await graftbench(['--workspace', workspace, '--json', 'runs'])
    const runs = Array.isArray(result['runs']) ? result['runs'] : []
    return runs.map((run: unknown) =>
      isRecord(run) && isRecord(run['state']) ? run['state']['kind'] : null,
    )
  }

  it('ends the program at once when nothing is going on', async () => {
    opened = await openWindow(executable ?? '', workspace)
    await call(opened.page, 'system.info', {})
    await answerWith(opened.app, 2)
    const end = ended(opened.app)
    await closeWindow(opened.app)
    await end
    const size: unknown = JSON.parse(await readFile(`${workspace}-window/window.json`, 'utf8'))
    expect(size).toMatchObject({ width: 1280, height: 800, maximized: false })
  })

  it('asks while a run trains: stays, or pauses it with a checkpoint', async () => {
    opened = await openWindow(executable ?? '', workspace)
    await startRun(opened.page, await writeRows(folder.path), 100_000)
    await answerWith(opened.app, 2)
    await closeWindow(opened.app)
    await until(
      () => timesAsked(opened.app),
      (times) => times === 1,
    )
    expect(opened.page.isClosed()).toBe(false)
    await answerWith(opened.app, 1)
    const end = ended(opened.app)
    await closeWindow(opened.app)
    await end
    expect(await states()).toEqual(['paused'])
  })

  it('asks before edits of a page are lost', async () => {
    opened = await openWindow(executable ?? '', workspace)
    await call(opened.page, 'system.info', {})
    await opened.page.evaluate(() => window.graftbench?.setUnsaved(true))
    await answerWith(opened.app, 1)
    await closeWindow(opened.app)
    await until(
      () => timesAsked(opened.app),
      (times) => times === 1,
    )
    expect(opened.page.isClosed()).toBe(false)
    await opened.page.evaluate(() => window.graftbench?.setUnsaved(false))
    const end = ended(opened.app)
    await closeWindow(opened.app)
    await end
  })

  it('lets a run go on without the window and ends when it has ended', async () => {
    opened = await openWindow(executable ?? '', workspace)
    await startRun(opened.page, await writeRows(folder.path), 1500)
    await answerWith(opened.app, 0)
    const end = ended(opened.app)
    await closeWindow(opened.app)
    await end
    expect(await states()).toEqual(['finished'])
  })

  it('starts a killed engine again', async () => {
    opened = await openWindow(executable ?? '', workspace)
    await call(opened.page, 'projects.create', { name: 'Kept' })
    const pid = Number.parseInt(await readFile(join(workspace, 'engine.lock'), 'utf8'), 10)
    process.kill(pid, 'SIGKILL')
    const projects = await until(
      () => call(opened.page, 'projects.list', {}).catch(() => []),
      (list) => list.length > 0,
    )
    expect(projects).toMatchObject([{ name: 'Kept' }])
    expect(Number.parseInt(await readFile(join(workspace, 'engine.lock'), 'utf8'), 10)).not.toBe(
      pid,
    )
    await opened.close()
  })

  it('joins a workspace that a server has, and leaves it running', async () => {
    const server = await startServer(workspace)
    opened = await openWindow(executable ?? '', workspace)
    await call(opened.page, 'projects.create', { name: 'Shared' })
    const end = ended(opened.app)
    await closeWindow(opened.app)
    await end
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, {
      headers: { Authorization: `Bearer ${server.token}` },
    })
    expect(answer.status).toBe(200)
    expect((await server.stop()).code).toBe(0)
  })
})
