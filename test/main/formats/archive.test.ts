import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import type { Header } from 'tar-stream'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extractArchive, findModelFolder } from '../../../src/main/formats/archive'

let root: string
let inside: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'archive-'))
  inside = join(root, 'inside')
  await mkdir(inside)
})
afterEach(() => rm(root, { recursive: true }))

interface ZipEntry {
  readonly name: string
  readonly content: string
  readonly mode?: number
  /** What the archive claims instead of the true size. */
  readonly claimed?: number
}

/** A zip archive written by hand, so that it can hold what no tool would write. */
function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const { name, content, mode = 0o100644, claimed } of entries) {
    const data = Buffer.from(content)
    const packed = deflateRawSync(data)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(data), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(claimed ?? data.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((mode << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    centrals.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), fields, tail, Buffer.from(name)]),
    )
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(centrals)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end])
}

const tar = async (
  entries: readonly (readonly [Partial<Header> & Pick<Header, 'name'>, string])[],
): Promise<Buffer> => {
  const packing = pack()
  for (const [header, content] of entries) packing.entry(header, content)
  packing.finalize()
  return gzipSync(await buffer(packing))
}

const unpack = async (name: string, content: Buffer, options = {}): Promise<readonly string[]> => {
  const path = join(root, name)
  await writeFile(path, content)
  return extractArchive(path, inside, options)
}
const outside = async (): Promise<string[]> =>
  (await readdir(root)).filter((name) => !['inside', 'x.zip', 'x.tar.gz'].includes(name))

describe('an archive', () => {
  it('is unpacked with its folders', async () => {
    expect(await unpack('x.zip', zip([{ name: 'a/b/c.txt', content: 'zip' }]))).toEqual([
      'a/b/c.txt',
    ])
    expect(await readFile(join(inside, 'a/b/c.txt'), 'utf8')).toBe('zip')
    expect(await unpack('x.tar.gz', await tar([[{ name: 'd/e.txt' }, 'tar']]))).toEqual(['d/e.txt'])
    expect(await readFile(join(inside, 'd/e.txt'), 'utf8')).toBe('tar')
  })

  it('is unpacked in part when only some entries are wanted', async () => {
    const wanted = (name: string): boolean => name === 'b'
    const content = zip([
      { name: 'a', content: '1' },
      { name: 'b', content: '2' },
    ])
    expect(await unpack('x.zip', content, { wanted })).toEqual(['b'])
    const other = await tar([
      [{ name: 'a' }, '1'],
      [{ name: 'b' }, '2'],
    ])
    await rm(join(inside, 'b'))
    expect(await unpack('x.tar.gz', other, { wanted })).toEqual(['b'])
    expect(await readdir(inside)).toEqual(['b'])
  })

  it.each(['../out.txt', '/tmp/out.txt', 'a/../../out.txt', '..\\out.txt', 'C:\\out.txt'])(
    'never writes outside its folder: %s',
    async (name) => {
      const unsafe = { code: 'archive.unsafePath' }
      await expect(unpack('x.zip', zip([{ name, content: 'x' }]))).rejects.toMatchObject(unsafe)
      await expect(unpack('x.tar.gz', await tar([[{ name }, 'x']]))).rejects.toMatchObject(unsafe)
      expect(await readdir(inside)).toEqual([])
      expect(await outside()).toEqual([])
    },
  )

  it('with links is refused', async () => {
    const unsafe = { code: 'archive.unsafePath' }
    const link = zip([{ name: 'link', content: '/etc/passwd', mode: 0o120777 }])
    await expect(unpack('x.zip', link)).rejects.toMatchObject(unsafe)
    for (const type of ['symlink', 'link'] as const) {
      const content = await tar([[{ name: 'link', type, linkname: '/etc/passwd' }, '']])
      await expect(unpack('x.tar.gz', content)).rejects.toMatchObject(unsafe)
    }
    expect(await readdir(inside)).toEqual([])
  })

  it('that is larger than allowed, or than it claims, is refused', async () => {
    const invalid = { code: 'archive.invalid' }
    const bomb = 'x'.repeat(1_000_000)
    await expect(
      unpack('x.zip', zip([{ name: 'a', content: bomb }]), { mostBytes: 1000 }),
    ).rejects.toMatchObject(invalid)
    await expect(
      unpack('x.tar.gz', await tar([[{ name: 'b' }, bomb]]), { mostBytes: 1000 }),
    ).rejects.toMatchObject(invalid)
    await expect(
      unpack('x.zip', zip([{ name: 'c', content: bomb, claimed: 10 }])),
    ).rejects.toMatchObject(invalid)
    const many = zip(Array.from({ length: 20 }, (_, at) => ({ name: `${at}`, content: '' })))
    await expect(unpack('x.zip', many, { mostFiles: 10 })).rejects.toMatchObject(invalid)
  })

  it('that is damaged is refused by name', async () => {
    const invalid = { code: 'archive.invalid' }
    const good = zip([{ name: 'a', content: 'some text' }])
    await expect(unpack('x.zip', Buffer.from('no zip at all'))).rejects.toMatchObject(invalid)
    await expect(unpack('x.zip', good.subarray(0, good.length - 10))).rejects.toMatchObject(invalid)
    const packed = await tar([[{ name: 'b' }, 'text '.repeat(5000)]])
    await expect(unpack('x.tar.gz', packed.subarray(0, 60))).rejects.toMatchObject(invalid)
    await expect(unpack('x.tar.gz', Buffer.from('not gzip'))).rejects.toMatchObject(invalid)
    await expect(unpack('x.rar', good)).rejects.toMatchObject(invalid)
  })
})

describe('the model in an archive', () => {
  it('is the topmost folder with a config beside weights', async () => {
    for (const name of [
      'pkg/model/1_Pooling/config.json',
      'pkg/model/config.json',
      'pkg/model/model.safetensors',
    ]) {
      await mkdir(join(inside, name, '..'), { recursive: true })
      await writeFile(join(inside, name), '{}')
    }
    expect(await findModelFolder(inside)).toBe(join(inside, 'pkg/model'))
    await rm(join(inside, 'pkg/model/model.safetensors'))
    await expect(findModelFolder(inside)).rejects.toMatchObject({ code: 'model.configMissing' })
  })
})
