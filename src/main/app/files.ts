import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { BrowserWindow } from 'electron'
import { dialog, shell } from 'electron'
import { z } from 'zod'
import { openExternal } from './external'
import type { Windows } from './router'
import { handle } from './router'

const filters = z
  .array(
    z.strictObject({
      name: z.string().max(100),
      extensions: z.array(z.string().regex(/^(\*|[A-Za-z0-9.]{1,20})$/)).max(50),
    }),
  )
  .max(20)
const title = z.string().max(200)
const openOptions = z.strictObject({
  title: title.optional(),
  multiple: z.boolean().default(false),
  filters: filters.optional(),
})
const folderOptions = z.strictObject({ title: title.optional() })
const saveOptions = z.strictObject({
  title: title.optional(),
  suggested: z.string().max(4096).optional(),
  filters: filters.optional(),
})
const path = z.string().min(1).max(4096)

/** The native dialogs and the file manager, for pages of ours. */
export function handleFiles(windows: Windows): void {
  handle(windows, 'graftbench:open', (input, window) => open(openOptions.parse(input), window))
  handle(windows, 'graftbench:openFolder', (input, window) =>
    openFolder(folderOptions.parse(input), window),
  )
  handle(windows, 'graftbench:save', (input, window) => save(saveOptions.parse(input), window))
  handle(windows, 'graftbench:showInFolder', (input) => showInFolder(path.parse(input)))
  handle(windows, 'graftbench:openExternal', (input) => openExternal(path.parse(input)))
}

async function open(
  { title, multiple, filters }: z.output<typeof openOptions>,
  window: BrowserWindow,
): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: multiple ? ['openFile', 'multiSelections'] : ['openFile'],
    ...(title !== undefined && { title }),
    ...(filters !== undefined && { filters }),
  })
  return canceled ? [] : filePaths
}

async function openFolder(
  { title }: z.output<typeof folderOptions>,
  window: BrowserWindow,
): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openDirectory', 'createDirectory'],
    ...(title !== undefined && { title }),
  })
  return canceled ? null : (filePaths[0] ?? null)
}

async function save(
  { title, suggested, filters }: z.output<typeof saveOptions>,
  window: BrowserWindow,
): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    properties: ['createDirectory', 'showOverwriteConfirmation'],
    ...(title !== undefined && { title }),
    ...(suggested !== undefined && { defaultPath: suggested }),
    ...(filters !== undefined && { filters }),
  })
  return canceled || filePath === undefined || filePath === '' ? null : filePath
}

async function showInFolder(path: string): Promise<void> {
  if (!isAbsolute(path) || !existsSync(path)) throw new Error(`${path} does not exist.`)
  shell.showItemInFolder(path)
}
