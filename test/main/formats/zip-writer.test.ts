import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extractZip } from '../../../src/main/formats/archive'
import { writeZip } from '../../../src/main/formats/zip-writer'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graftbench-zip-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a zip archive', () => {
  it('holds the files byte for byte, and is the same whenever it is made', async () => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251))
    writeFileSync(join(folder, 'a.bin'), content)
    const files = [{ path: join(folder, 'a.bin'), name: 'deep/a ß.bin' }]
    await writeZip(join(folder, 'one.zip'), files)
    await new Promise((resolve) => setTimeout(resolve, 10))
    await writeZip(join(folder, 'two.zip'), files)
    expect(readFileSync(join(folder, 'one.zip'))).toEqual(readFileSync(join(folder, 'two.zip')))
    const out = mkdtempSync(join(folder, 'out-'))
    expect(await extractZip(join(folder, 'one.zip'), out)).toEqual(['deep/a ß.bin'])
    expect(readFileSync(join(out, 'deep/a ß.bin')).equals(content)).toBe(true)
  })

  it('is not made of a file that is missing, or when it is cancelled', async () => {
    const target = join(folder, 'one.zip')
    const missing = [{ path: join(folder, 'no'), name: 'no' }]
    await expect(writeZip(target, missing)).rejects.toMatchObject({ code: 'file.notFound' })
    writeFileSync(join(folder, 'a'), 'a')
    const present = [{ path: join(folder, 'a'), name: 'a' }]
    await expect(writeZip(target, present, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(readdirSync(folder)).toEqual(['a'])
  })
})
