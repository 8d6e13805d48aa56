import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { extractZip, listZip } from '../../scripts/setup/zip.mjs'
import { folderOfTest } from '../temporary'

const text = 'batch, step, epoch\n'.repeat(5000)

/** A real archive, written by Python: one file packed, one stored, one empty, and extra names. */
async function newArchive(extra: readonly string[] = []): Promise<string> {
  const folder = folderOfTest()
  const script = `
import sys, zipfile
with zipfile.ZipFile('a.zip', 'w') as z:
  z.writestr('lib/packed.txt', sys.stdin.read(), zipfile.ZIP_DEFLATED)
  z.writestr('stored.bin', bytes(range(256)), zipfile.ZIP_STORED)
  z.writestr('empty', b'')
  for name in sys.argv[1:]: z.writestr(name, b'evil')
`
  execFileSync('python3', ['-c', script, ...extra], { cwd: folder, input: text })
  return join(folder, 'a.zip')
}

async function extractAll(archive: string): Promise<string> {
  const folder = join(archive, '..', 'out')
  await extractZip(archive, await listZip(archive), folder)
  return folder
}

describe('unpacking', () => {
  it('gives every file with its bytes', async () => {
    const folder = await extractAll(await newArchive())
    expect(await readFile(join(folder, 'lib/packed.txt'), 'utf8')).toBe(text)
    const stored = await readFile(join(folder, 'stored.bin'))
    expect([...stored]).toEqual(Array.from({ length: 256 }, (_, byte) => byte))
    expect((await stat(join(folder, 'empty'))).size).toBe(0)
  })

  it('goes on where it stopped: complete files stay, half-written ones are written anew', async () => {
    const archive = await newArchive()
    const folder = await extractAll(archive)
    const long = new Date('2020-01-01')
    await utimes(join(folder, 'stored.bin'), long, long)
    await truncate(join(folder, 'lib/packed.txt'), 1000)
    await writeFile(join(folder, 'lib/packed.txt.part'), 'half')
    await extractAll(archive)
    expect(await readFile(join(folder, 'lib/packed.txt'), 'utf8')).toBe(text)
    expect(existsSync(join(folder, 'lib/packed.txt.part'))).toBe(false)
    expect((await stat(join(folder, 'stored.bin'))).mtime).toEqual(long)
  })

  it('refuses an archive that was cut', async () => {
    const archive = await newArchive()
    await truncate(archive, (await stat(archive)).size - 30)
    await expect(listZip(archive)).rejects.toMatchObject({ code: 'setup.archive' })
  })

  it.each(['../outside', '/absolute', 'a/../../outside', 'C:evil'])(
    'refuses an archive with the path %s',
    async (name) => {
      await expect(listZip(await newArchive([name]))).rejects.toMatchObject({
        code: 'setup.archive',
        message: expect.stringContaining('outside its folder'),
      })
    },
  )
})
