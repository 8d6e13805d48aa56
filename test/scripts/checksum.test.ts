import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256OfFile, stampOf, verifySha256 } from '../../scripts/setup/checksum.mjs'
import { announcedSize, fetchWheel } from '../../scripts/setup/pip.mjs'
import { Progress } from '../../scripts/setup/progress.mjs'
import { folderOfTest } from '../temporary'

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const silent = new Progress({ write: () => true })
const wheel = {
  name: 'example',
  version: '1.0',
  python: 'py3',
  platform: 'any',
  sha256: abc,
}

async function folderWith(name: string, content: string): Promise<string> {
  const folder = folderOfTest()
  await writeFile(join(folder, name), content)
  return folder
}

describe('a checksum', () => {
  it('is the SHA-256 that FIPS 180 gives for abc', async () => {
    const folder = await folderWith('file', 'abc')
    expect(await sha256OfFile(join(folder, 'file'))).toBe(abc)
    await verifySha256(join(folder, 'file'), abc)
  })

  it('refuses a file of which one byte differs', async () => {
    const folder = await folderWith('file', 'abd')
    await expect(verifySha256(join(folder, 'file'), abc)).rejects.toMatchObject({
      code: 'setup.checksum',
      message: expect.stringContaining('file has SHA-256'),
    })
  })
})

describe('a wheel that is there already', () => {
  it('is kept when an earlier set-up was interrupted after its download', async () => {
    const folder = await folderWith('example-1.0.whl', 'abc')
    expect(await fetchWheel(wheel, folder, silent, 'no-python')).toBe(
      join(folder, 'example-1.0.whl'),
    )
  })

  it('is removed and never used when it was altered', async () => {
    const folder = await folderWith('example-1.0.whl', 'altered')
    await expect(fetchWheel(wheel, folder, silent, 'no-python')).rejects.toMatchObject({
      code: 'setup.checksum',
    })
    expect(existsSync(join(folder, 'example-1.0.whl'))).toBe(false)
  })

  it('is fetched by the Python that is there, and its absence has a name', async () => {
    const folder = await folderWith('other', '')
    await expect(fetchWheel(wheel, folder, silent, 'no-python')).rejects.toMatchObject({
      code: 'setup.toolMissing',
    })
  })
})

it('reads the size that pip announces', () => {
  const text = 'Collecting x==1\n  Downloading x-1-py3-none-any.whl (274.1 MB)\n'
  expect(announcedSize(text)).toBe(274.1e6)
  expect(announcedSize('Collecting x==1')).toBeUndefined()
})

describe('a stamp', () => {
  it('does not depend on the order of its parts', () => {
    expect(stampOf({ a: '1', b: '2' })).toBe(stampOf({ b: '2', a: '1' }))
  })

  it('changes with a name, with a content and with where one ends', () => {
    const stamps: Record<string, string>[] = [
      { a: '1' },
      { b: '1' },
      { a: '2' },
      { a: '1', b: '' },
      { 'a:1': '' },
    ]
    expect(new Set(stamps.map((parts) => stampOf(parts))).size).toBe(stamps.length)
  })
})
