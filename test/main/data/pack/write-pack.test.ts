import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PackContent } from '@shared/domain'
import { packContentSchema } from '@shared/domain'
import { readPack } from '../../../../src/main/data/pack/read-pack'
import {
  hashCorpus,
  hashPack,
  packFiles,
  rulesToYaml,
  writePack,
} from '../../../../src/main/data/pack/write-pack'
import { packOf, smallest, whole } from './folder'
import { folderOfTest } from '../../../temporary'

const none = new Map<string, string>()

/** Turns every mapping around: what an editor sends need not have the order of the files. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, turned(each)] as const)
      .reverse(),
  )
}

describe('a pack that is written', () => {
  it('says the same when it is read again, and is written the same', async () => {
    for (const files of [smallest, whole]) {
      const from = packOf(files)
      const { content } = await readPack(from)
      const folder = folderOfTest()
      await writePack(content, folder, from)
      const again = await readPack(folder)
      expect(again.problems).toEqual([])
      expect(again.content).toEqual(content)
      expect([...packFiles(again.content)]).toEqual([...packFiles(content)])
    }
  })

  it('keeps terms that are hard to write', async () => {
    const { content } = await readPack(packOf(smallest))
    const terms = ['"', 'a "b"', ',', "'", ':-,', '#x', '- y', 'no', '1.0', '(-:', '\\', 'ß', '😀']
    const hard: PackContent = {
      ...content,
      vocabulary: terms,
      description: 'Two\nlines: with "all" #of it',
      lexicons: content.lexicons.map((lexicon) => ({
        ...lexicon,
        entries: terms.map((term) => ({ term, label: null, weight: 1e-7 })),
      })),
      rules: terms.map((term, at) => ({
        id: `r${at}`,
        when: { kind: 'contains', term, match: 'word' },
        label: 'negative',
        confidence: 0.5,
        hard: false,
        note: term,
      })),
    }
    const folder = folderOfTest()
    await writePack(hard, folder)
    const again = await readPack(folder)
    expect(again.problems).toEqual([])
    expect(again.content).toEqual(hard)
  })

  it('has a hash of its files as sha256sum prints them', async () => {
    const from = packOf(whole)
    const { content } = await readPack(from)
    const folder = folderOfTest()
    await writePack(content, folder, from)
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => /\.\w+$/.test(name))
      .sort()
    const hash = (bytes: Buffer | string): string =>
      createHash('sha256').update(bytes).digest('hex')
    const sums = names.map((name) => `${hash(readFileSync(join(folder, name)))}  ${name}\n`)
    expect(hashPack(content, await hashCorpus(content, folder))).toBe(hash(sums.join('')))
  })

  it('has one hash, whether it comes from files or an editor, and another when it says another thing', async () => {
    const { content } = await readPack(packOf({ ...whole, 'corpus/a.txt': '', 'corpus/b.txt': '' }))
    const edited = packContentSchema.parse(turned(JSON.parse(JSON.stringify(content))))
    expect(hashPack(edited, none)).toBe(hashPack(content, none))
    const others: readonly PackContent[] = [
      { ...content, version: 4 },
      { ...content, labels: [...content.labels].reverse() },
      { ...content, rules: content.rules.slice(1) },
      { ...content, vocabulary: [...content.vocabulary, 'x'] },
    ]
    const hashes = others.map((each) => hashPack(each, none))
    expect(new Set([hashPack(content, none), ...hashes]).size).toBe(5)
    expect(hashPack(content, new Map([['corpus/a.txt', 'other']]))).not.toBe(
      hashPack(content, none),
    )
  })

  it('writes conditions in the shortest form', async () => {
    const { content } = await readPack(packOf(smallest))
    expect(rulesToYaml(content.rules.slice(1))).toBe(`- id: five-stars
  when:
    column: stars
    atLeast: 5
  label: positive
  confidence: 0.95
`)
  })

  it('goes nowhere but into its folder', async () => {
    const { content } = await readPack(packOf(smallest))
    const lexicons = content.lexicons.map((each) => ({ ...each, file: '../x.csv' }))
    await expect(writePack({ ...content, lexicons }, folderOfTest())).rejects.toMatchObject({
      code: 'archive.unsafePath',
    })
  })
})
