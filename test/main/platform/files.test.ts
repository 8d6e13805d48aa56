import {
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  buildFolderAtomic,
  buildNamedFolder,
  removePartials,
  writeAtomic,
  writeFileAtomic,
} from '../../../src/main/platform/atomic'
import { diskBytes, freeBytes, requireFreeBytes } from '../../../src/main/platform/disk'
import { describeFileError, exists, requireContent } from '../../../src/main/platform/files'
import { canonicalJson, sha256, sha256File, sha256Json } from '../../../src/main/platform/hash'
import { readJsonFile, writeJsonFile } from '../../../src/main/platform/json'
import { readLines } from '../../../src/main/platform/lines'
import {
  expandHome,
  fileNameOf,
  isInside,
  safeJoin,
  sharedCacheFolder,
} from '../../../src/main/platform/paths'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('an atomic write', () => {
  it('replaces a file in full, in a folder that need not exist', async () => {
    const path = join(folder, 'a/b.txt')
    await writeFileAtomic(path, 'one')
    await writeFileAtomic(path, 'two', { mode: 0o600 })
    expect(await readFile(path, 'utf8')).toBe('two')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(folder, 'a'))).toEqual(['b.txt'])
  })

  it('leaves the old file and nothing else when it fails in the middle', async () => {
    const path = join(folder, 'a.txt')
    await writeFileAtomic(path, 'old')
    const failing = writeAtomic(path, async (file) => {
      await file.writeFile('half')
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['a.txt'])
  })

  it('names a full disk', async () => {
    if (!(await exists('/dev/full'))) return
    const file = await open('/dev/full', 'w')
    const error: unknown = await file.writeFile('x').catch((reason: unknown) => reason)
    await file.close()
    expect(describeFileError(error, '/dev/full')).toMatchObject({ code: 'disk.full' })
  })
})

describe('an atomic folder', () => {
  const build = (text: string) => (at: string) => writeFile(join(at, 'x'), text)

  it('is there in full or not at all', async () => {
    const path = join(folder, 'made')
    await expect(
      buildFolderAtomic(path, async (at) => {
        await build('half')(at)
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    expect(await readdir(folder)).toEqual([])
    await buildFolderAtomic(path, build('whole'))
    expect(await readFile(join(path, 'x'), 'utf8')).toBe('whole')
  })

  it('refuses, keeps or replaces what is there', async () => {
    const path = join(folder, 'made')
    await buildFolderAtomic(path, build('1'))
    await expect(buildFolderAtomic(path, build('2'))).rejects.toMatchObject({ code: 'file.exists' })
    await buildFolderAtomic(path, build('3'), 'keep')
    expect(await readFile(join(path, 'x'), 'utf8')).toBe('1')
    await buildFolderAtomic(path, build('4'), 'replace')
    expect(await readFile(join(path, 'x'), 'utf8')).toBe('4')
    expect(await readdir(folder)).toEqual(['made'])
  })

  it('may get its name from its content', async () => {
    const { path, result } = await buildNamedFolder(folder, async (at) => {
      await build('x')(at)
      return { name: 'abc', result: 5 }
    })
    expect([path, result]).toEqual([join(folder, 'abc'), 5])
  })

  it('that a crash left half-built is removed later, and nothing else', async () => {
    await mkdir(join(folder, '.made.partial-0123'))
    await writeFile(join(folder, '.b.txt.partial-4567'), '')
    await writeFile(join(folder, 'kept.txt'), '')
    expect(await removePartials(folder, 60_000)).toBe(0)
    expect(await removePartials(folder)).toBe(2)
    expect(await readdir(folder)).toEqual(['kept.txt'])
    expect(await removePartials(join(folder, 'none'))).toBe(0)
  })
})

describe('a file that cannot be read', () => {
  it('is named with its reason', async () => {
    const empty = join(folder, 'empty')
    await writeFile(empty, '')
    await expect(requireContent(join(folder, 'none'))).rejects.toMatchObject({
      code: 'file.notFound',
    })
    await expect(requireContent(folder)).rejects.toMatchObject({ code: 'file.notReadable' })
    await expect(requireContent(empty)).rejects.toMatchObject({ code: 'file.empty' })
    await expect(sha256File(folder)).rejects.toMatchObject({ code: 'file.notReadable' })
    const signal = AbortSignal.abort()
    await writeFile(empty, 'x')
    await expect(sha256File(empty, signal)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('hashes', () => {
  it('are those of the bytes, and of values whatever the order of their keys', async () => {
    const path = join(folder, 'abc')
    await writeFile(path, 'abc')
    expect(await sha256File(path)).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(sha256('abc')).toBe(await sha256File(path))
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: null })).toBe(
      '{"a":null,"b":[1,{"c":2,"d":1}]}',
    )
    expect(sha256Json({ a: 1, b: 2 })).toBe(sha256Json({ b: 2, a: 1 }))
  })
})

describe('paths', () => {
  it('stay in their folder', () => {
    expect(safeJoin('/root', 'a/./b')).toBe('/root/a/b')
    for (const name of ['', '..', '../a', 'a/../../b', '/a', 'C:/a', 'a\\..\\..\\b', 'a\0b']) {
      expect(() => safeJoin('/root', name), name).toThrow(/leads out of its folder/)
    }
    expect([isInside('/a', '/a'), isInside('/a', '/a/b'), isInside('/a', '/ab')]).toEqual([
      true,
      true,
      false,
    ])
    expect(isInside('/a', '/a/..b')).toBe(true)
  })

  it('are made safe as names and complete at home', () => {
    expect(fileNameOf('Größe: 1/2 ..')).toMatch(/^[A-Za-z0-9._-]+$/)
    expect(fileNameOf('../..')).toBe('unnamed')
    expect(expandHome('~/x')).toBe(join(homedir(), 'x'))
    expect(sharedCacheFolder({ GRAFTBENCH_CACHE: '/c' })).toBe('/c')
  })
})

describe('the disk', () => {
  it('is asked for room and for what is used', async () => {
    expect(await freeBytes(join(folder, 'not/yet'))).toBeGreaterThan(0)
    await expect(requireFreeBytes(folder, 1e18, 'The model')).rejects.toMatchObject({
      code: 'disk.full',
    })
    await mkdir(join(folder, 'in'))
    await writeFile(join(folder, 'in/a'), 'x'.repeat(100))
    await symlink('/usr', join(folder, 'in/link'))
    expect(await diskBytes(folder)).toBeLessThan(200)
    expect(await diskBytes(join(folder, 'none'))).toBe(0)
  })
})

describe('JSON files', () => {
  it('are checked, and the wrong field is named', async () => {
    const path = join(folder, 'x.json')
    const schema = z.object({ a: z.object({ b: z.number() }) })
    await writeJsonFile(path, { a: { b: 1 } })
    expect(await readJsonFile(path, schema)).toEqual({ a: { b: 1 } })
    await writeJsonFile(path, { a: { b: 'x' } })
    await expect(readJsonFile(path, schema)).rejects.toThrow(/x\.json, field "a\.b"/)
    await writeFile(path, '{"a":')
    await expect(readJsonFile(path, schema, 'recipe.syntax')).rejects.toMatchObject({
      code: 'recipe.syntax',
    })
  })
})

describe('lines', () => {
  it('come with their place in the file', async () => {
    const path = join(folder, 'lines')
    await writeFile(path, 'a\r\n\nüb\nlast')
    const seen: unknown[] = []
    for await (const { number, byteOffset, byteLength, bytes } of readLines(path)) {
      seen.push([number, byteOffset, byteLength, bytes.toString()])
    }
    expect(seen).toEqual([
      [1, 0, 3, 'a'],
      [2, 3, 1, ''],
      [3, 4, 4, 'üb'],
      [4, 8, 4, 'last'],
    ])
  })

  it('are read across pieces, and refused beyond a limit', async () => {
    const path = join(folder, 'long')
    await writeFile(path, `${'x'.repeat(600_000)}\ny\n`)
    const lengths: number[] = []
    for await (const { bytes } of readLines(path)) lengths.push(bytes.length)
    expect(lengths).toEqual([600_000, 1])
    const limited = async (): Promise<void> => {
      for await (const line of readLines(path, { maxBytes: 1000 })) expect(line).toBeDefined()
    }
    await expect(limited()).rejects.toMatchObject({ code: 'data.format' })
  })
})
