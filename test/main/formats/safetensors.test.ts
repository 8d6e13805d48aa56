import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GraftError } from '@shared/errors'
import type { TensorInput } from '../../../src/main/formats/safetensors'
import {
  openSafetensors,
  withSafetensors,
  writeSafetensors,
} from '../../../src/main/formats/safetensors'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'))
})
afterEach(() => rm(folder, { recursive: true }))

const raw = (header: string | Buffer, data: Buffer = Buffer.alloc(0), length?: bigint): Buffer => {
  const text = Buffer.from(header)
  const field = Buffer.alloc(8)
  field.writeBigUInt64LE(length ?? BigInt(text.length))
  return Buffer.concat([field, text, data])
}

const put = async (bytes: Buffer): Promise<string> => {
  const path = join(folder, 'x.safetensors')
  await writeFile(path, bytes)
  return path
}

const codeOf = async (bytes: Buffer): Promise<string> => {
  try {
    const file = await openSafetensors(await put(bytes))
    await file.close()
    return 'accepted'
  } catch (error) {
    if (error instanceof GraftError) return error.code
    throw error
  }
}

const tensor = (extra: Record<string, unknown>): string =>
  JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...extra } })

describe('a round trip', () => {
  it('gives back every element type, shape and metadata', async () => {
    const tensors: TensorInput[] = [
      { name: 'f32', dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -2, NaN, Infinity) },
      { name: 'scalar', dtype: 'F64', shape: [], data: Float64Array.of(0.1) },
      { name: 'i64', dtype: 'I64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
      { name: 'i32', dtype: 'I32', shape: [1], data: Int32Array.of(-7) },
      { name: 'none', dtype: 'F32', shape: [0, 3], data: new Float32Array(0) },
      { name: 'flag', dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
      { name: 'lazy', dtype: 'I8', shape: [1], data: async () => Int8Array.of(-3) },
    ]
    const path = join(folder, 'all.safetensors')
    const { bytes } = await writeSafetensors(path, tensors, { format: 'pt', äö: '"\n' })
    expect((await readFile(path)).length).toBe(bytes)
    await withSafetensors(path, async (file) => {
      expect(file.metadata).toEqual({ format: 'pt', äö: '"\n' })
      expect([...file.tensors.keys()]).toEqual([
        'i64',
        'scalar',
        'f32',
        'none',
        'i32',
        'lazy',
        'flag',
      ])
      for (const { name, shape, data } of tensors) {
        const found = await file.read(name)
        expect(found.shape).toEqual(shape)
        expect(found.data).toEqual(typeof data === 'function' ? await data() : data)
      }
    })
    expect(await readdir(folder)).toEqual(['all.safetensors'])
  })

  it('reads half precision as float32', async () => {
    const path = join(folder, 'half.safetensors')
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000)
    await writeSafetensors(path, [
      { name: 'half', dtype: 'F16', shape: [6], data: halves },
      { name: 'brain', dtype: 'BF16', shape: [3], data: Uint16Array.of(0x3f80, 0xc049, 0xff80) },
      { name: 'whole', dtype: 'I32', shape: [1], data: Int32Array.of(1) },
    ])
    await withSafetensors(path, async (file) => {
      expect([...(await file.readFloat32('half'))]).toEqual([1, -2, 2 ** -24, 65504, Infinity, -0])
      expect([...(await file.readFloat32('brain'))]).toEqual([1, -3.140625, -Infinity])
      await expect(file.readFloat32('whole')).rejects.toMatchObject({ code: 'safetensors.dtype' })
      await expect(file.read('nothing')).rejects.toMatchObject({ code: 'model.weightsMissing' })
    })
  })

  it('leaves nothing behind when a tensor does not fit its description', async () => {
    const path = join(folder, 'bad.safetensors')
    const wrong = (data: Float32Array | Int32Array): Promise<unknown> =>
      writeSafetensors(path, [{ name: 'a', dtype: 'F32', shape: [2], data }])
    await expect(wrong(Float32Array.of(1))).rejects.toMatchObject({ code: 'safetensors.offsets' })
    await expect(wrong(Int32Array.of(1, 2))).rejects.toMatchObject({ code: 'safetensors.dtype' })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a damaged file', () => {
  const data = Buffer.alloc(8)
  const cases: readonly (readonly [string, () => Buffer, string])[] = [
    ['nothing at all', () => Buffer.alloc(0), 'file.empty'],
    ['seven bytes', () => Buffer.alloc(7), 'safetensors.truncated'],
    ['no header', () => raw(''), 'safetensors.header'],
    ['a header beyond the file', () => raw('{}', data, 1000n), 'safetensors.truncated'],
    ['a header of exabytes', () => raw('{}', data, 2n ** 63n), 'safetensors.header'],
    ['a header over the limit', () => raw('{}', data, 100_000_001n), 'safetensors.header'],
    ['a header that starts with a space', () => raw(' {}'), 'safetensors.header'],
    ['a header that is an array', () => raw('[]'), 'safetensors.header'],
    ['a cut header', () => raw('{"a":'), 'safetensors.header'],
    ['text after the header', () => raw('{}x'), 'safetensors.header'],
    ['zeros after the header', () => raw('{}\0'), 'safetensors.header'],
    [
      'a header that is not UTF-8',
      () => raw(Buffer.from([0x7b, 0x22, 0xff, 0x22])),
      'safetensors.header',
    ],
    ['deep nesting', () => raw(`{"a":${'['.repeat(100_000)}`), 'safetensors.header'],
    ['a duplicate name', () => raw('{"a":{},"a":{}}'), 'safetensors.duplicate'],
    [
      'a duplicate field',
      () => raw('{"a":{"dtype":"F32","dtype":"F32"}}'),
      'safetensors.duplicate',
    ],
    ['a duplicate name by escape', () => raw('{"a":{},"\\u0061":{}}'), 'safetensors.duplicate'],
    ['metadata that are no texts', () => raw('{"__metadata__":{"a":1}}'), 'safetensors.header'],
    ['metadata that are no object', () => raw('{"__metadata__":[]}'), 'safetensors.header'],
    ['an unknown type', () => raw(tensor({ dtype: 'F31' }), data), 'safetensors.dtype'],
    ['a missing type', () => raw(tensor({ dtype: undefined }), data), 'safetensors.dtype'],
    ['a negative size', () => raw(tensor({ shape: [-2] }), data), 'safetensors.header'],
    ['a fractional size', () => raw(tensor({ shape: [1.5] }), data), 'safetensors.header'],
    ['a size as text', () => raw(tensor({ shape: ['2'] }), data), 'safetensors.header'],
    [
      'a size beyond exact numbers',
      () => raw(tensor({}).replace('[2]', '[9007199254740993]'), data),
      'safetensors.header',
    ],
    [
      'a shape that overflows',
      () => raw(tensor({ shape: [2 ** 40, 2 ** 40] }), data),
      'safetensors.offsets',
    ],
    ['a shape of another size', () => raw(tensor({ shape: [3] }), data), 'safetensors.offsets'],
    [
      'offsets that end before they start',
      () => raw(tensor({ data_offsets: [8, 0] }), data),
      'safetensors.offsets',
    ],
    ['three offsets', () => raw(tensor({ data_offsets: [0, 8, 8] }), data), 'safetensors.offsets'],
    [
      'a hole at the start',
      () => raw(tensor({ data_offsets: [4, 12] }), Buffer.alloc(12)),
      'safetensors.offsets',
    ],
    ['missing data', () => raw(tensor({}), Buffer.alloc(7)), 'safetensors.truncated'],
    ['trailing data', () => raw(tensor({}), Buffer.alloc(9)), 'safetensors.offsets'],
    ['data without tensors', () => raw('{}', data), 'safetensors.offsets'],
  ]
  it.each(cases)('is refused by name: %s', async (_name, make, code) => {
    expect(await codeOf(make())).toBe(code)
  })

  it('is refused when tensors overlap or leave a hole', async () => {
    const two = (start: number): string =>
      JSON.stringify({
        a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
        b: { dtype: 'U8', shape: [4], data_offsets: [start, start + 4] },
      })
    expect(await codeOf(raw(two(2), Buffer.alloc(6)))).toBe('safetensors.offsets')
    expect(await codeOf(raw(two(0), Buffer.alloc(4)))).toBe('safetensors.offsets')
    expect(await codeOf(raw(two(6), Buffer.alloc(10)))).toBe('safetensors.offsets')
    expect(await codeOf(raw(two(4), Buffer.alloc(8)))).toBe('accepted')
  })

  it('never reads what a key named like a prototype suggests', async () => {
    const header = '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    await withSafetensors(await put(raw(header, Buffer.from([5]))), async (file) => {
      expect([...file.tensors.keys()]).toEqual(['__proto__'])
      expect((await file.read('__proto__')).data).toEqual(Uint8Array.of(5))
    })
  })

  it('is refused with a code, or read in full, whatever byte is changed', async () => {
    const path = join(folder, 'good.safetensors')
    await writeSafetensors(path, [
      { name: 'a', dtype: 'F32', shape: [2, 1], data: Float32Array.of(1, 2) },
      { name: 'b', dtype: 'F16', shape: [3], data: Uint16Array.of(1, 2, 3) },
    ])
    const good = await readFile(path)
    let refused = 0
    const headerEnd = good.length - 14
    for (let at = 0; at < headerEnd; at += 1) {
      for (const value of [0x00, 0x22, 0x39, 0xff]) {
        if (good[at] === value) continue
        const changed = Buffer.from(good)
        changed[at] = value
        if ((await codeOf(changed)) !== 'accepted') refused += 1
      }
    }
    expect(refused).toBeGreaterThan(headerEnd * 2)
    for (let length = 1; length < good.length; length += 1) {
      expect(await codeOf(good.subarray(0, length))).not.toBe('accepted')
    }
  })
})
