import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Folder } from '../main/host/support'
import { writeSpoiled } from '../main/host/spoiled'
import { built, temporaryFolder } from '../main/host/support'
import type { OpenedWindow } from './electron'
import { call, outcome } from './call'
import { electronForTests, openWindow } from './electron'

const executable = electronForTests()

describe.skipIf(executable === null)('the window', () => {
  let folder: Folder
  let opened: OpenedWindow

  beforeAll(async () => {
    folder = await temporaryFolder()
    opened = await openWindow(executable ?? '', join(folder.path, 'workspace'))
  })

  afterAll(async () => {
    await opened.close()
    await folder.remove()
  })

  it('shows its own page, at least as large as it has to be', async () => {
    expect(opened.page.url()).toMatch(/^app:\/\/graftbench\/index\.html/)
    const size = await opened.app.evaluate(({ BrowserWindow }) => {
      const [first] = BrowserWindow.getAllWindows()
      return { least: first?.getMinimumSize(), now: first?.getSize() }
    })
    expect(size.least).toEqual([960, 640])
    expect(size.now).toEqual([1280, 800])
  })

  it('speaks to the engine over the bridge alone', async () => {
    const answer = await opened.page.evaluate(
      () =>
        new Promise((resolve) => {
          window.graftbench?.onMessage((message) => {
            if (message.type !== 'event' && message.id === 987_001) resolve(message)
          })
          window.graftbench?.request({ id: 987_001, procedure: 'system.info', input: {} })
        }),
    )
    expect(answer).toMatchObject({
      type: 'result',
      result: { workspace: join(folder.path, 'workspace') },
    })
  })

  it('gives malformed calls an error with a code', async () => {
    const answer = await opened.page.evaluate(
      () =>
        new Promise((resolve) => {
          window.graftbench?.onMessage((message) => {
            if (message.type !== 'event' && message.id === 987_002) resolve(message)
          })
          window.graftbench?.request({ id: 987_002, procedure: 'runs.get', input: { run: 7 } })
        }),
    )
    expect(answer).toMatchObject({ type: 'error', error: { code: 'input.invalid' } })
  })

  it('tells what cannot be used by the same codes as every front', async () => {
    for (const { code, path, kind } of await writeSpoiled(folder.path)) {
      const started =
        kind === 'rows'
          ? call(opened.page, 'datasets.import', { files: [{ path }] })
          : call(opened.page, 'models.import', { path })
      expect(await outcome(opened.page, started)).toBe(code)
    }
  })

  it('has no Node in its page', async () => {
    const seen = await opened.page.evaluate(() => ({
      require: typeof Reflect.get(globalThis, 'require'),
      process: typeof Reflect.get(globalThis, 'process'),
      module: typeof Reflect.get(globalThis, 'module'),
      buffer: typeof Reflect.get(globalThis, 'Buffer'),
      electron: typeof Reflect.get(globalThis, 'electron'),
      bridge: Object.keys(window.graftbench ?? {}).sort(),
    }))
    expect(seen).toEqual({
      require: 'undefined',
      process: 'undefined',
      module: 'undefined',
      buffer: 'undefined',
      electron: 'undefined',
      bridge: [
        'files',
        'kind',
        'onMenu',
        'onMessage',
        'openExternal',
        'platform',
        'request',
        'setUnsaved',
        'showInFolder',
        'versions',
      ],
    })
  })

  it('keeps its settings: sandbox, isolation, no integration', async () => {
    const settings = await opened.app.evaluate(({ BrowserWindow }) => {
      const [first] = BrowserWindow.getAllWindows()
      const contents: unknown = first?.webContents
      if (typeof contents !== 'object' || contents === null) return null
      const read: unknown = Reflect.get(contents, 'getLastWebPreferences')
      return typeof read === 'function' ? Reflect.apply(read, contents, []) : null
    })
    expect(settings).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    })
  })

  it('loads no script from elsewhere and runs none that is written into the page', async () => {
    const outcome = await opened.page.evaluate(async () => {
      const blocked: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => {
        blocked.push(event.effectiveDirective)
      })
      const inline = document.createElement('script')
      inline.textContent = 'globalThis.hacked = true'
      document.head.append(inline)
      const remote = document.createElement('script')
      remote.src = 'http://127.0.0.1:9/evil.js'
      document.head.append(remote)
      const fetched = await fetch('http://127.0.0.1:9/').then(
        () => 'fetched',
        () => 'refused',
      )
      // In a timer: what the test's own debugger runs is exempt from the policy.
      const evaluated = await new Promise((resolve) => {
        setTimeout(() => {
          try {
            resolve(new Function('return "evaluated"')())
          } catch {
            resolve('refused')
          }
        })
      })
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { hacked: Reflect.get(globalThis, 'hacked'), fetched, evaluated, blocked }
    })
    expect(outcome.hacked).toBeUndefined()
    expect(outcome.fetched).toBe('refused')
    expect(outcome.evaluated).toBe('refused')
    expect(outcome.blocked).toEqual(expect.arrayContaining(['script-src-elem', 'connect-src']))
  })

  it('serves nothing outside the built pages', async () => {
    const statuses = await opened.page.evaluate(async () => {
      const paths = [
        'app://graftbench/../main/index.cjs',
        'app://graftbench/..%2fmain%2findex.cjs',
        'app://graftbench/%2e%2e/%2e%2e/package.json',
        'app://graftbench/no-such.js',
      ]
      const answers = await Promise.all(paths.map((path) => fetch(path)))
      return answers.map(({ status }) => status)
    })
    expect(statuses).toEqual([404, 404, 404, 404])
  })

  it('does not navigate away', async () => {
    await opened.page.evaluate(() => {
      location.href = 'http://127.0.0.1:9/'
    })
    await opened.page.waitForTimeout(500)
    expect(opened.page.url()).toMatch(/^app:\/\/graftbench\//)
    await opened.page.evaluate(() => {
      location.href = 'file:///etc/passwd'
    })
    await opened.page.waitForTimeout(500)
    expect(opened.page.url()).toMatch(/^app:\/\/graftbench\//)
  })

  it('opens no further window', async () => {
    const refused = await opened.page.evaluate(
      () => globalThis.open('http://127.0.0.1:9/') === null,
    )
    expect(refused).toBe(true)
    const count = await opened.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
    )
    expect(count).toBe(1)
  })

  it('grants no permission', async () => {
    const outcome = await opened.page.evaluate(async () => ({
      notification: await Notification.requestPermission(),
      camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'granted',
        () => 'refused',
      ),
      location: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          () => resolve('refused'),
        )
      }),
      clipboard: await navigator.clipboard.readText().then(
        () => 'granted',
        () => 'refused',
      ),
    }))
    expect(outcome).toEqual({
      notification: 'denied',
      camera: 'refused',
      location: 'refused',
      clipboard: 'refused',
    })
  })

  it('refuses a stranger with the same preload script', async () => {
    const preload = join(built, 'preload', 'index.cjs')
    const outcome = await opened.app.evaluate(async ({ BrowserWindow }, preload) => {
      const stranger = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true, contextIsolation: true },
      })
      await stranger.loadURL('app://graftbench/index.html')
      const result: unknown = await stranger.webContents.executeJavaScript(`
        new Promise(async (resolve) => {
          let answered = false
          graftbench.onMessage((message) => { if (message.id === 987003) answered = true })
          graftbench.request({ id: 987003, procedure: 'system.info', input: {} })
          const dialog = await graftbench.showInFolder('/').then(() => 'done', () => 'refused')
          setTimeout(() => resolve({ answered, dialog }), 1000)
        })`)
      stranger.destroy()
      return result
    }, preload)
    expect(outcome).toEqual({ answered: false, dialog: 'refused' })
  })
})
