import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Front } from './journey'
import { fillRecipe, picture } from './journey'

const patience = { timeout: 120_000 } as const

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

const choose = async (page: Page, box: Locator, option: string | RegExp): Promise<void> => {
  await box.click()
  await page.getByRole('option', { name: option }).first().click()
}

/** Trains with the newest version of the pack, which takes part by itself. */
export async function trainWithKnowledge(front: Front): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'New run' }).first().click()
  await fillRecipe(front, 6)
  await page.getByRole('heading', { name: 'Knowledge', exact: true }).click()
  await choose(page, page.locator('[data-path="knowledge.pack"]').getByRole('combobox'), 'moods@2')
  await page.getByText('This pack has something for: Words first, Weak labels').waitFor(patience)
  expect(await page.getByRole('textbox', { name: 'Recipe as YAML' }).inputValue()).toContain(
    'pack: moods@2',
  )
  await picture(front, '16-recipe-knowledge')
  await button(page, 'Start run').click()
  await page.getByRole('article').getByText('Finished', { exact: true }).waitFor(patience)
  await page.getByRole('tab', { name: 'Knowledge' }).click()
  await page.getByRole('heading', { name: 'Weights of the pieces' }).waitFor(patience)
  await page.getByText('lexicon:moods', { exact: true }).waitFor()
  await picture(front, '17-run-knowledge')
}

/** Asks the newest run, and sees what moved its answer. */
export async function askWithKnowledge(front: Front): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Playground' }).click()
  await choose(page, page.getByRole('combobox', { name: 'Who answers' }), /^\d+ .*/)
  await page.getByRole('textbox', { name: 'Text' }).fill('a good and great one')
  const moved = page.getByRole('region', { name: 'What moved it' })
  await moved.locator('mark', { hasText: 'good' }).waitFor(patience)
  await moved.getByText('The model alone:').waitFor()
  expect(await moved.getByRole('listitem').filter({ hasText: 'Lexicon' }).innerText()).toMatch(
    /moods[\s\S]*\d\.\d pt/,
  )
  await picture(front, '18-provenance')
}

/** Proves what the pack is worth on few labels and two seeds, and sees the picture of it. */
export async function proveKnowledge(front: Front): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Ablations' }).click()
  await page.getByRole('link', { name: 'New ablation' }).first().click()
  await choose(page, page.getByRole('combobox', { name: 'Recipe', exact: true }), /^\d+ /)
  for (const arm of ['Training', 'Prediction', 'Automatic']) {
    await page.getByRole('checkbox', { name: new RegExp(`^${arm}`) }).uncheck()
  }
  await page.getByRole('textbox', { name: 'Labelled rows' }).fill('6, 24')
  await page.getByRole('textbox', { name: 'Seeds' }).fill('2')
  await page.getByText('2 arms × 2 numbers of labels × 2 seeds').waitFor()
  await picture(front, '19-new-ablation')
  await button(page, 'Start 8 runs').click()
  await page.getByText('Finished', { exact: true }).waitFor(patience)
  const curve = page.getByRole('img', { name: /^How many labels knowledge is worth/ })
  await curve.waitFor(patience)
  expect(await curve.textContent()).toContain('No knowledge')
  expect(await page.getByRole('row', { name: /^Both/ }).first().innerText()).toMatch(/0\.\d{3}/)
  await picture(front, '20-ablation')
}

/** Adds a seed to the two, from fewer than which little can be said. */
export async function addSeeds(front: Front): Promise<void> {
  const { page } = front
  await button(page, 'More seeds').click()
  const dialog = page.getByRole('dialog')
  const all = dialog.getByRole('textbox', { name: 'Seeds in all' })
  await all.fill('2')
  await dialog.getByText('A whole number from 3 to 100.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Add seeds' }).isDisabled()).toBe(true)
  await all.fill('3')
  await dialog.getByText('Adds 4 runs.').waitFor()
  await picture(front, '22-more-seeds')
  await dialog.getByRole('button', { name: 'Add seeds' }).click()
  await page.getByText('3 seeds', { exact: true }).first().waitFor(patience)
  await page.getByText('Finished', { exact: true }).waitFor(patience)
}

/** Saves the picture for a talk; gives it as SVG. */
export async function savePicture({ page }: Front): Promise<string> {
  await page
    .getByRole('button', { name: /^Save the chart How many labels/ })
    .first()
    .click()
  const [file] = await Promise.all([
    page.waitForEvent('download', patience),
    page.getByRole('menuitem', { name: 'Save as SVG' }).click(),
  ])
  return readFile(await file.path(), 'utf8')
}

/** Leaves for a run of the ablation by its mark; the table of runs hides it until asked. */
export async function seeCells(front: Front): Promise<void> {
  const { page } = front
  await page
    .getByRole('link', { name: /^Run No knowledge, 6 labels, seed 0/ })
    .first()
    .click()
  await page.getByRole('tab', { name: 'Curves' }).waitFor(patience)
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click()
  await page.getByText('12 of ablations not shown').waitFor(patience)
  await page.getByRole('checkbox', { name: 'Show runs of ablations' }).check()
  await page.getByRole('row', { name: /n=6/ }).first().waitFor()
  await picture(front, '21-cells')
  await page.getByRole('checkbox', { name: 'Show runs of ablations' }).uncheck()
}
