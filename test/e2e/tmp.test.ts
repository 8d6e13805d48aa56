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
  askWithKnowledge,
  proveKnowledge,
  savePicture,
  seeCells,
  trainWithKnowledge,
} from './tmp-ablation-journey'
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
import { addPack, editTerms, mineRules, savePack, writePack, writeRule } from './pack-journey'

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


describe('tmp', () => {
  let folder: Folder
  let front: Front
  beforeAll(async () => {
    folder = await temporaryFolder()
    front = await openBrowser(folder.path)
    front.page.setDefaultTimeout(200000)
  }, 600000)
  afterAll(async () => { await front.close(); await folder.remove() })
  it('all', async () => {
    const files = await writeRows(folder.path)
    await addModel(front, tinyModel)
    await addRows(front, files)
    await addPack(front, await writePack(folder.path))
    await editTerms(front)
    await writeRule(front)
    await mineRules(front)
    await savePack(front)
    await createProject(front, 'Reviews')
    await trainWithKnowledge(front)
    await askWithKnowledge(front)
    await proveKnowledge(front)
    const svg = await savePicture(front)
    expect(svg).toMatch(/^<svg [\s\S]*moods[\s\S]*<\/svg>$/)
    await seeCells(front)
    expect(front.complaints).toEqual([])
  }, 1800000)
})
