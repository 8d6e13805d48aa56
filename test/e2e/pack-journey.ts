import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Front } from './journey'
import { picture } from './journey'

const patience = { timeout: 60_000 } as const

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) })

/** A small pack about the rows of the journeys. */
export async function writePack(folder: string): Promise<string> {
  const pack = join(folder, 'moods')
  await mkdir(join(pack, 'lexicons'), { recursive: true })
  await writeFile(
    join(pack, 'pack.yaml'),
    [
      'name: moods',
      'version: 1',
      'language: en',
      'labels: [negative, neutral, positive]',
      'lexicons:',
      '  - file: lexicons/moods.csv',
      '    match: word',
      'rules: rules.yaml',
      '',
    ].join('\n'),
  )
  await writeFile(
    join(pack, 'lexicons', 'moods.csv'),
    'term,label,weight\ngood,positive,2\nbad,negative,2\nplain,neutral,1\n',
  )
  await writeFile(
    join(pack, 'rules.yaml'),
    '- id: awful\n  when: { contains: awful }\n  label: negative\n  confidence: 0.9\n',
  )
  return pack
}

/** Imports a pack from a folder; its page opens, measured on the rows that are there. */
export async function addPack(front: Front, folder: string): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Knowledge' }).first().click()
  await button(page, 'Import pack').click()
  await front.chooseFolder(
    () => page.getByRole('dialog').getByRole('button', { name: 'Choose a folder…' }).click(),
    folder,
  )
  await page.getByRole('heading', { name: 'moods' }).waitFor(patience)
  await page.getByRole('grid', { name: 'Pieces on these rows' }).getByText('awful').waitFor()
  await measured(page)
  expect(await coverage(page)).toMatch(/[1-9]\d*\.\d%/)
  await picture(front, '11-pack')
}

/** Adds terms, one typed and many pasted, and takes one back. */
export async function editTerms(front: Front): Promise<void> {
  const { page } = front
  await tab(page, 'Lexicons').click()
  const before = await coverage(page)
  const term = page.getByRole('textbox', { name: 'New: Term' })
  await term.fill('great')
  await page.getByRole('combobox', { name: 'New: Class' }).fill('positive')
  await term.press('Enter')
  await page.getByRole('gridcell', { name: 'great' }).waitFor()
  await paste(page, 'term\tlabel\tweight\npoor\tnegative\t2\nfine\tpositive\t1\nodd\tneutral\tmuch')
  await page.getByText('2 added, 0 changed. 1 line could not be read: line 4, Weight').waitFor()
  await expect.poll(() => coverage(page), patience).not.toBe(before)
  await page.getByRole('grid', { name: 'moods' }).press('Control+z')
  await expect.poll(() => page.getByRole('gridcell', { name: 'poor' }).count()).toBe(0)
  await page.getByRole('grid', { name: 'moods' }).press('Control+Shift+z')
  await page.getByRole('gridcell', { name: 'poor' }).waitFor()
  await page.getByText('How terms are found').click()
  await page.getByRole('switch', { name: 'Contrast' }).click()
  await page.getByRole('textbox', { name: 'Contrasting words' }).fill('but, even so')
  await page.getByRole('textbox', { name: 'Contrasting words' }).press('Tab')
  await page.getByText('Contrast 2').waitFor()
  await picture(front, '12-lexicon')
  await page.getByText('How terms are found').click()
}

/** Writes a rule in the form and in YAML, and sees the rows it speaks about. */
export async function writeRule(front: Front): Promise<void> {
  const { page } = front
  await tab(page, 'Rules').click()
  await button(page, 'Add rule').click()
  await page.keyboard.type('glad')
  const panel = page.getByRole('complementary')
  await panel.locator('mark', { hasText: 'glad' }).first().waitFor(patience)
  await panel.getByText('Stated 80%, but the rows say at most').waitFor(patience)
  await panel.getByText('YAML', { exact: true }).click()
  const text = panel.getByRole('textbox', { name: 'YAML' })
  await text.fill('id: glad\nwhen: { contain: glad }\nlabel: positive\nconfidence: 0.9\n')
  await panel.getByText(/^Line 2: None of contains/).waitFor()
  await text.fill('id: glad\nwhen: { contains: glad }\nlabel: positive\nconfidence: 0.9\n')
  await panel.getByText('then it is positive').waitFor()
  await expect.poll(() => panel.getByText('Stated', { exact: false }).count(), patience).toBe(0)
  await measured(page)
  await picture(front, '13-rule')
}

/** Takes what the rows suggest by the keyboard: accept, then reject. */
export async function mineRules(front: Front): Promise<void> {
  const { page } = front
  await page.getByText('Suggestions', { exact: true }).click()
  const list = page.getByRole('listbox', { name: 'Suggested rules' })
  await list.waitFor(patience)
  const before = await list.getByRole('option').count()
  await list.focus()
  await picture(front, '14-mining')
  await list.press('a')
  await expect.poll(() => list.getByRole('option').count()).toBe(before - 1)
  await list.press('r')
  await expect.poll(() => list.getByRole('option').count()).toBe(before - 2)
  await tab(page, 'Rules 3').waitFor()
}

/** Leaves the draft, comes back to it, and keeps it as the next version. */
export async function savePack(front: Front): Promise<void> {
  const { page } = front
  await page.getByRole('link', { name: 'Data', exact: true }).click()
  await page.getByRole('link', { name: 'Knowledge' }).first().click()
  await page.getByText('unsaved edits').waitFor()
  await page.getByRole('link', { name: 'moods' }).click()
  await tab(page, 'Rules 3').waitFor()
  await button(page, 'Save as new version').click()
  await page.getByText('Saved as version 2 of “moods”').waitFor(patience)
  await page.getByRole('link', { name: 'Knowledge' }).first().click()
  await page.getByRole('row', { name: /^moods 2 / }).waitFor()
  await picture(front, '15-packs')
}

/** Waits until the numbers speak of what stands there. */
const measured = (page: Page): Promise<void> =>
  page.getByRole('region', { name: 'Measured on' }).getByText('up to date').waitFor(patience)

const coverage = (page: Page): Promise<string> =>
  page
    .getByRole('region', { name: 'Measured on' })
    .getByRole('button', { name: / rows are covered / })
    .innerText()

/** Pastes into the line for new rows, as Ctrl+V does. */
async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'New: Term' }).evaluate((field, pasted) => {
    const data = new DataTransfer()
    data.setData('text/plain', pasted)
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
  }, text)
}

/** Goes to the packs by the palette, which shows what was typed and nothing else. */
export async function findByPalette({ page }: Front): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k')
  const search = page.getByPlaceholder('Go to, or do…')
  await search.fill('zzzz')
  await expect.poll(() => page.getByText('Nothing matches').isVisible(), patience).toBe(true)
  await search.fill('knowledge')
  await expect
    .poll(() => page.getByRole('option').first().textContent(), patience)
    .toMatch(/knowledge/i)
  await page.keyboard.press('Escape')
  await search.waitFor({ state: 'hidden', timeout: patience.timeout })
}
