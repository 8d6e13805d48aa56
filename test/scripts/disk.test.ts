import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  listFiles,
  readJsonIfThere,
  replaceFolder,
  requireFreeDisk,
  writeAtomic,
} from '../../scripts/setup/files.mjs'
import { folderOfTest } from '../temporary'

it('refuses what would fill the disk, naming need, folder and remedy', async () => {
  const folder = folderOfTest()
  await requireFreeDisk(folder, 1, 'A byte')
  await expect(requireFreeDisk(folder, 2 ** 60, 'TensorFlow')).rejects.toMatchObject({
    code: 'setup.diskFull',
    message: expect.stringContaining(`TensorFlow needs 1048576.0 TiB in ${folder}`),
    remedy: expect.stringContaining('GRAFTBENCH_CACHE'),
  })
})

it('writes a small file completely and leaves nothing beside it', async () => {
  const folder = folderOfTest()
  await writeAtomic(join(folder, 'deep', 'runtime.json'), '{"variant":"cpu"}')
  await writeAtomic(join(folder, 'deep', 'runtime.json'), '{"variant":"cuda"}')
  expect(readJsonIfThere(join(folder, 'deep', 'runtime.json'))).toEqual({ variant: 'cuda' })
  expect(await readdir(join(folder, 'deep'))).toEqual(['runtime.json'])
})

it('takes a damaged record for a missing one', async () => {
  const folder = folderOfTest()
  await writeFile(join(folder, 'half.json'), '{"wheels": [')
  expect(readJsonIfThere(join(folder, 'half.json'))).toBeUndefined()
  expect(readJsonIfThere(join(folder, 'none.json'))).toBeUndefined()
})

it('replaces a folder by a finished one', async () => {
  const folder = folderOfTest()
  await writeAtomic(join(folder, 'place', 'old'), 'old')
  await writeAtomic(join(folder, 'partial', 'sub', 'new'), 'new')
  await replaceFolder(join(folder, 'partial'), join(folder, 'place'))
  expect(listFiles(folder)).toEqual(['place/sub/new'])
  expect(await readFile(join(folder, 'place', 'sub', 'new'), 'utf8')).toBe('new')
})
