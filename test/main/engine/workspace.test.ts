import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '../../../src/main/engine/workspace'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graftbench-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the folder of a workspace', () => {
  it('is made with those above it', () => {
    const { runs } = prepareWorkspace(join(folder, 'a', 'b'))
    expect(runs).toBe(join(folder, 'a', 'b', 'runs'))
    expect(existsSync(runs)).toBe(true)
  })

  it.each(['file', 'file/below'])('is refused where a file stands: %s', (path) => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => prepareWorkspace(join(folder, path))).toThrow(/is a file\. Choose a folder\./)
  })

  it.runIf(process.platform === 'linux')('is refused where none can be made', () => {
    expect(() => prepareWorkspace('/proc/graftbench/workspace')).toThrow(/cannot be written/)
  })
})
