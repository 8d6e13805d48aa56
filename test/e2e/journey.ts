import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { isRecord } from '../main/host/support'
import type { Files } from '../main/host/rows'

/** A front with the workbench open in it, and how a person chooses files there. */
export interface Front {
  readonly name: 'browser' | 'window'
  readonly page: Page
  /** Does what opens a file dialog, and chooses these files in it. */
  choose(trigger: () => Promise<void>, paths: readonly string[]): Promise<void>
  chooseFolder(trigger: () => Promise<void>, path: string): Promise<void>
  /** Where a window is told to put results; a browser gets them as a download. */
  readonly results: string
  /** Files that went wrong in the page: errors of scripts and of its policy. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

const patience = { timeout: 60_000 } as const

/** A picture of the screen, kept as test output. */
export async function picture({ name, page }: Front, title: string): Promise<void> {
  const folder = resolve('test-output', 'journey', name)
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${title}.png`) })
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

export async function addModel(front: Front, folder: string): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Models' }).click()
  await button(page, 'Add model').first().click()
  const dialog = page.getByRole('dialog', { name: 'Add model' })
  await dialog.getByText('Folder', { exact: true }).click()
  await front.chooseFolder(
    () => dialog.getByRole('button', { name: 'Choose a folder' }).click(),
    folder,
  )
  await page.getByRole('link', { name: 'bert-classify' }).waitFor(patience)
  await picture(front, '1-models')
}

export async function addRows(front: Front, files: Files): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Data', exact: true }).click()
  await page.getByRole('link', { name: 'Import data' }).click()
  await front.choose(() => button(page, 'Choose files…').click(), [files.train, files.test])
  await page.getByRole('table', { name: 'First rows' }).waitFor(patience)
  await picture(front, '2-import')
  await button(page, 'Import').click()
  await page.getByRole('tab', { name: 'Rows 120' }).waitFor(patience)
  await page.getByRole('columnheader', { name: /^Training\b.*96/ }).waitFor(patience)
  await page.getByRole('columnheader', { name: /^Test\b.*24/ }).waitFor(patience)
  await picture(front, '3-data')
}

export async function createProject({ page }: Front, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Projects' }).click()
  await button(page, 'New project').first().click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(name)
  await button(page, 'Create').click()
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor(patience)
}

/** Starts a run by the form; the model and the rows are those there are. */
export async function startRun(front: Front, epochs: number): Promise<void> {
  const { page } = front
  await fillRecipe(front, epochs)
  await page
    .getByRole('region', { name: 'What this run costs' })
    .getByText('Steps', { exact: true })
    .waitFor()
  await picture(front, '4-new-run')
  await button(page, 'Start run').click()
  await page.getByRole('tab', { name: 'Curves' }).waitFor(patience)
}

/** Writes a small recipe in the form. */
export async function fillRecipe({ page }: Front, epochs: number): Promise<void> {
  await page.getByRole('link', { name: 'New run' }).first().click()
  for (const [field, value] of [
    ['Epochs', String(epochs)],
    ['Batch size', '8'],
    ['Learning rate', '1e-3'],
    ['Longest sequence', '32'],
  ] as const) {
    const box = page.getByRole('textbox', { name: field, exact: true })
    if (!(await box.isVisible()))
      await page.getByRole('heading', { name: 'Rows', exact: true }).click()
    await box.fill(value)
  }
}

/** The numbers beside a chart's curves. */
const legend = (page: Page, chart: string): Promise<string> =>
  page.getByRole('img', { name: chart, exact: true }).innerText()

/** Follows a run on its screen: its curves move while it trains, and it ends. */
export async function watchRun(front: Front): Promise<void> {
  const { page } = front
  const seen = new Set<string>()
  await expect
    .poll(async () => seen.add(await legend(page, 'Loss')).size, { ...patience, interval: 200 })
    .toBeGreaterThan(3)
  await picture(front, '5-run-live')
  await finishRun(front)
  const accuracy = page.getByRole('definition').first()
  expect(Number(await accuracy.innerText())).toBeGreaterThan(0.9)
  await picture(front, '6-run-finished')
}

export const finishRun = ({ page }: Front): Promise<void> =>
  page.getByRole('article').getByText('Finished', { exact: true }).waitFor(patience)

export async function compareRuns(front: Front): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click()
  await page.getByRole('checkbox', { name: 'Choose all runs' }).check()
  await picture(front, '7-runs')
  await page.getByRole('toolbar').getByRole('button', { name: 'Compare' }).click()
  await page.getByRole('heading', { name: 'Confusion matrices' }).waitFor(patience)
  const differences = page.getByRole('region', { name: 'Only what differs' })
  expect(await differences.getByRole('rowheader').allInnerTexts()).toEqual(['epochs'])
  const metrics = page.getByRole('region', { name: 'Metrics' })
  expect(await metrics.getByRole('row', { name: /Test accuracy/ }).innerText()).toMatch(
    /[+−]0\.\d+/,
  )
  await expect
    .poll(async () => (await legend(page, 'Training loss')).match(/bert-classify/g), patience)
    .toHaveLength(2)
  await picture(front, '8-compare')
}

/** Asks the better run, the one that trained longer. */
export async function ask(front: Front): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Playground' }).click()
  await page.getByRole('combobox', { name: 'Who answers' }).click()
  await page.getByRole('option', { name: /^1/ }).click()
  await page.getByRole('textbox', { name: 'Text' }).fill('a good and great one')
  await page
    .getByRole('listitem', { name: /^Logit/ })
    .first()
    .waitFor(patience)
  const best = await page
    .getByRole('listitem', { name: /^Logit/ })
    .first()
    .innerText()
  expect(best).toContain('positive')
  await picture(front, '9-playground')
}

/** Predicts a file; gives the text of the result. */
export async function predictFile(front: Front, input: string): Promise<string> {
  const { page } = front
  const start = page.getByRole('button', { name: /^Choose a file for/ }).first()
  await front.choose(() => start.click(), [input])
  const result = page.getByRole('main').getByRole('status').filter({ hasText: 'rows' })
  await result.waitFor(patience)
  if (front.name === 'window') return readFile(await result.locator('code').innerText(), 'utf8')
  return (await download(front, () => result.getByRole('button').click())).toString('utf8')
}

/** Exports the better run; gives the path of the folder, or of its zip in a browser. */
export async function exportRun(front: Front): Promise<Buffer | string> {
  const { page } = front
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click()
  await page
    .getByRole('row', { name: /^Choose run 1/ })
    .getByRole('link')
    .click()
  await button(page, 'Export').click()
  const panel = page.getByRole('tabpanel', { name: 'Exports' })
  if (front.name === 'window') {
    const folder = join(front.results, 'exported')
    await panel.getByRole('textbox', { name: 'Target folder' }).fill(folder)
    await panel.getByRole('button', { name: 'Export', exact: true }).click()
    await panel.getByText('Agrees with the run').waitFor(patience)
    await picture(front, '10-export')
    return folder
  }
  await panel.getByRole('button', { name: 'Export for download' }).click()
  await panel.getByText('Agrees with the run').waitFor(patience)
  await picture(front, '10-export')
  return download(front, () => panel.getByRole('button', { name: 'Download', exact: true }).click())
}

async function download({ page }: Front, trigger: () => Promise<void>): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download', patience), trigger()])
  return readFile(await file.path())
}

/** Checks an exported folder: names of the labels, weights. */
export async function checkFolder(folder: string): Promise<void> {
  const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  expect(isRecord(config) ? config['id2label'] : null).toEqual({
    0: 'negative',
    1: 'neutral',
    2: 'positive',
  })
  expect((await readFile(join(folder, 'model.safetensors'))).length).toBeGreaterThan(100_000)
}
