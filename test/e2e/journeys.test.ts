import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Files } from '../main/host/rows'
import { writeRows } from '../main/host/rows'
import type { Folder } from '../main/host/support'
import { startServer, temporaryFolder, tinyModel } from '../main/host/support'
import { electronForTests, openWindow } from './electron'
import {
  addSeeds,
  askWithKnowledge,
  proveKnowledge,
  savePicture,
  seeCells,
  trainWithKnowledge,
} from './ablation-journey'
import type { Front } from './journey'
import {
  addModel,
  addRows,
  ask,
  checkFolder,
  compareRuns,
  createProject,
  exportRun,
  finishRun,
  predictFile,
  startRun,
  watchRun,
} from './journey'
import {
  addPack,
  editTerms,
  findByPalette,
  mineRules,
  savePack,
  writePack,
  writeRule,
} from './pack-journey'

const chromiumPath = process.env['GRAFTBENCH_TEST_CHROMIUM'] ?? '/usr/bin/chromium'
const electron = electronForTests()

/** Collects what the page complains of. */
function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

async function openBrowser(folder: string): Promise<Front> {
  const server = await startServer(join(folder, 'workspace'))
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const complaints = complaintsOf(page)
  await page.goto(server.url)
  await page.waitForURL((url) => url.search === '')
  const choose: Front['choose'] = async (trigger, paths) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), trigger()])
    await chooser.setFiles([...paths])
  }
  return {
    name: 'browser',
    page,
    choose,
    chooseFolder: (trigger, path) => choose(trigger, [path]),
    results: folder,
    complaints,
    close: async () => {
      await browser.close()
      await server.stop()
    },
  }
}

async function openElectron(folder: string): Promise<Front> {
  const { app, page, close } = await openWindow(electron ?? '', join(folder, 'workspace'))
  // Native dialogs belong to the system: a test answers in the person's place.
  const choose: Front['choose'] = async (trigger, paths) => {
    await app.evaluate(
      ({ dialog }, { filePaths, filePath }) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths })
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
      },
      { filePaths: [...paths], filePath: join(folder, 'predictions.csv') },
    )
    await trigger()
  }
  return {
    name: 'window',
    page,
    choose,
    chooseFolder: (trigger, path) => choose(trigger, [path]),
    results: folder,
    complaints: complaintsOf(page),
    close,
  }
}

describe.each([
  { name: 'a browser', open: openBrowser, missing: !existsSync(chromiumPath) },
  { name: 'a window', open: openElectron, missing: electron === null },
])('the main job in $name', ({ open, missing }) => {
  let folder: Folder
  let files: Files
  let front: Front

  beforeAll(async () => {
    if (missing) return
    folder = await temporaryFolder()
    files = await writeRows(folder.path)
    front = await open(folder.path)
  })
  afterAll(async () => {
    if (missing) return
    await front.close()
    await folder.remove()
  })

  it.skipIf(missing)('takes a model from a folder and rows from files', async () => {
    await addModel(front, tinyModel)
    await addRows(front, files)
  })

  it.skipIf(missing)('writes down what a person knows, measured on the rows', async () => {
    await addPack(front, await writePack(folder.path))
    await editTerms(front)
    await writeRule(front)
    await mineRules(front)
    await savePack(front)
    await findByPalette(front)
  })

  it.skipIf(missing)('trains, with curves that move', async () => {
    await createProject(front, 'Reviews')
    await startRun(front, 40)
    await watchRun(front)
  })

  it.skipIf(missing)('compares two runs', async () => {
    await startRun(front, 2)
    await finishRun(front)
    await compareRuns(front)
  })

  it.skipIf(missing)('answers a text and predicts a file', async () => {
    await ask(front)
    const csv = await predictFile(front, files.test)
    expect(csv.trim().split('\n')).toHaveLength(25)
    expect(csv).toContain('probability.positive')
  })

  it.skipIf(missing)('exports a model that agrees with the run', async () => {
    const exported = await exportRun(front)
    if (typeof exported === 'string') return checkFolder(exported)
    const zip = exported.toString('latin1')
    expect(zip.startsWith('PK\u0003\u0004')).toBe(true)
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'README.md']) {
      expect(zip).toContain(`/${name}`)
    }
  })

  it.skipIf(missing)('trains with a pack and says what moved an answer', async () => {
    await trainWithKnowledge(front)
    await askWithKnowledge(front)
  })

  it.skipIf(missing)('proves what the pack is worth, in a picture', async () => {
    await proveKnowledge(front)
    if (front.name === 'browser') {
      const svg = await savePicture(front)
      expect(svg).toMatch(/^<svg [\s\S]*moods[\s\S]*<\/svg>$/)
    }
  })

  it.skipIf(missing)('adds seeds to what was proved, and sees its runs', async () => {
    await addSeeds(front)
    await seeCells(front)
  })

  it.skipIf(missing)('without a complaint of the page', () => {
    expect(front.complaints).toEqual([])
  })
})
