import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder of this test, removed after it. */
export function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graftbench-'))
  folders.push(folder)
  return folder
}
