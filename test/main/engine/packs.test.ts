import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { KnowledgePack, PackContent } from '@shared/domain'
import type { ImportedPack } from '../../../src/main/engine/pack-import'
import { writeZip } from '../../../src/main/formats/zip-writer'
import { smallest, whole, writeFiles } from '../data/pack/folder'
import type { TestEngine } from './harness'
import { noTrainers, openEngine, openReadyEngine, resultOf, temporaryFolder } from './harness'

const packIn = (files: Readonly<Record<string, string | Uint8Array>>): string =>
  writeFiles(temporaryFolder(), files)

const add = (opened: TestEngine, path: string, name?: string): Promise<ImportedPack> =>
  resultOf(opened, opened.call('packs.import', { path, ...(name !== undefined && { name }) }))

const exported = (opened: TestEngine, pack: string, output: string, overwrite = false) =>
  resultOf<{ path: string; bytes: number }>(
    opened,
    opened.call('packs.export', { pack, output, overwrite }),
  )

const foldersOf = ({ folder }: TestEngine): readonly string[] => readdirSync(join(folder, 'packs'))

describe('a pack that is imported', () => {
  it('lies in a folder named by its hash and says what it said', async () => {
    const opened = await openEngine()
    const pack = await add(opened, packIn(whole))
    expect(pack).toMatchObject({
      name: 'shop reviews',
      version: 3,
      language: 'en-GB',
      licence: 'CC-BY-4.0',
      takenVersion: null,
      warnings: [],
      counts: {
        lexicons: 2,
        terms: 6,
        rules: 8,
        triples: 2,
        vocabulary: 2,
        rationales: 2,
        corpusLines: 3,
      },
    })
    expect(foldersOf(opened)).toEqual([pack.hash])
    expect(readFileSync(join(opened.folder, 'packs', pack.hash, 'corpus/a.txt'), 'utf8')).toBe(
      'Grüße\n',
    )
    const { content } = await opened.call('packs.get', { pack: 'shop reviews@3' })
    expect(content.rules).toHaveLength(8)
    expect(await opened.call('packs.list', {})).toMatchObject([{ id: pack.id }])
    expect(opened.events.filter(({ event }) => event === 'packs.changed')).toHaveLength(1)
  })

  it('is the pack already there when it says the same, from a folder or a zip', async () => {
    const opened = await openEngine()
    const folder = packIn(whole)
    const pack = await add(opened, folder)
    expect((await add(opened, folder)).id).toBe(pack.id)
    const zip = join(opened.folder, 'pack.zip')
    const { bytes } = await exported(opened, pack.id, zip)
    expect(bytes).toBeGreaterThan(500)
    expect((await add(opened, zip)).hash).toBe(pack.hash)
    const again = join(opened.folder, 'again.zip')
    await exported(opened, pack.id, again)
    expect(readFileSync(again).equals(readFileSync(zip))).toBe(true)
    const out = join(opened.folder, 'out')
    await exported(opened, pack.id, out)
    expect((await add(opened, out)).id).toBe(pack.id)
    expect(await opened.call('packs.list', {})).toHaveLength(1)
    expect(foldersOf(opened)).toEqual([pack.hash])
  })

  it('gets the next version when it says something else, once', async () => {
    const opened = await openEngine()
    const first = await add(opened, packIn(smallest))
    const changed = packIn({ ...smallest, 'lexicons/valence.csv': 'term,valence\ngood,2\n' })
    const second = await add(opened, changed)
    expect(second).toMatchObject({ name: 'valence', version: 2, takenVersion: 1 })
    expect(await add(opened, changed)).toMatchObject({ id: second.id, takenVersion: 1 })
    expect((await opened.call('packs.get', { pack: 'valence' })).pack.id).toBe(second.id)
    expect((await opened.call('packs.get', { pack: 'valence@1' })).pack.id).toBe(first.id)
    expect((await add(opened, changed, 'other')).name).toBe('other')
    const { content } = await opened.call('packs.get', { pack: 'other' })
    expect(content).toMatchObject({ name: 'other', version: 1 })
  })

  it('gets a version of its own, when several come at once', async () => {
    const opened = await openEngine()
    const packs = await Promise.all(
      [1, 2, 3].map((weight) =>
        add(
          opened,
          packIn({ ...smallest, 'lexicons/valence.csv': `term,valence\ngood,${weight}\n` }),
        ),
      ),
    )
    expect(packs.map(({ version }) => version).sort()).toEqual([1, 2, 3])
  })

  it('may lie in the one folder of a zip', async () => {
    const opened = await openEngine()
    const pack = await add(opened, packIn(smallest))
    const outer = temporaryFolder()
    cpSync(join(opened.folder, 'packs', pack.hash), join(outer, 'valence-main'), {
      recursive: true,
    })
    const files = ['pack.yaml', 'rules.yaml', 'lexicons/valence.csv'].map((name) => ({
      path: join(outer, 'valence-main', name),
      name: `valence-main/${name}`,
    }))
    await writeZip(join(outer, 'v.zip'), files)
    expect((await add(opened, join(outer, 'v.zip'))).id).toBe(pack.id)
    expect(readdirSync(join(opened.folder, 'uploads'))).toEqual([])
  })

  it('is refused with every mistake, and leaves nothing behind', async () => {
    const opened = await openEngine()
    const wrong = packIn({
      ...smallest,
      'rules.yaml': '- { id: a, when: { regex: "(" }, label: angry, confidence: 0.9 }\n',
      'lexicons/valence.csv': 'term,valence\ngood,x\n',
    })
    await expect(add(opened, wrong)).rejects.toMatchObject({
      code: 'pack.invalid',
      message: expect.stringContaining('lexicons/valence.csv:2: valence: ') as string,
      details: {
        problems: expect.arrayContaining([
          expect.objectContaining({ file: 'rules.yaml', line: 1, field: 'a.label' }),
          expect.objectContaining({ file: 'rules.yaml', line: 1, field: 'a.when' }),
        ]) as unknown,
      },
    })
    const nameless = packIn({
      'pack.yaml': 'version: none\nlabels: [x, y]\n',
      'rules.yaml': '- { id: a, when: { contains: b }, label: angry, confidence: 2 }\n',
    })
    await expect(add(opened, nameless)).rejects.toMatchObject({
      message: expect.stringMatching(
        /pack\.yaml: name: .*\npack\.yaml:1: version: .*\nrules\.yaml:1: 1\.confidence: .*\nrules\.yaml:1: a\.label: The pack has no label "angry"/,
      ) as string,
    })
    const flood = `term,valence\n${'good,x\n'.repeat(5000)}`
    const checked = await opened.call('packs.check', {
      path: packIn({ ...smallest, 'lexicons/valence.csv': flood }),
    })
    expect(checked.problems).toHaveLength(1001)
    expect(checked.problems.at(-1)?.message).toMatch(/^4001 more problems/)
    await expect(add(opened, temporaryFolder())).rejects.toMatchObject({ code: 'pack.invalid' })
    await expect(add(opened, join(opened.folder, 'no'))).rejects.toMatchObject({
      code: 'file.notFound',
    })
    const text = join(opened.folder, 'a.txt')
    writeFileSync(text, 'a')
    await expect(add(opened, text)).rejects.toMatchObject({ code: 'pack.invalid' })
    const torn = join(opened.folder, 'a.zip')
    writeFileSync(torn, 'PK\x03\x04 no')
    await expect(add(opened, torn)).rejects.toMatchObject({ code: 'archive.invalid' })
    expect(foldersOf(opened)).toEqual([])
    expect(readdirSync(join(opened.folder, 'uploads'))).toEqual([])
    expect(await opened.call('packs.list', {})).toEqual([])
  })

  it('that came by a browser is gone when it is refused, and named as its person knows it', async () => {
    const opened = await openEngine()
    const uploads = join(opened.folder, 'uploads')
    const folder = writeFiles(join(uploads, 'abcdefgh1'), { 'my pack/pack.yaml': 'version: 1\n' })
    writeFiles(join(uploads, 'abcdefgh2'), { 'torn.zip': 'PK\x03\x04 no' })
    writeFiles(join(uploads, 'exports'), { 'kept/pack.yaml': 'version: 1\n' })
    const named = async (path: string): Promise<unknown> =>
      add(opened, path).catch((error: unknown) => error)
    expect(await named(join(folder, 'my pack'))).toMatchObject({
      code: 'pack.invalid',
      message: expect.stringMatching(/^The pack my pack cannot be used\.\n/) as string,
    })
    const torn = await named(join(uploads, 'abcdefgh2', 'torn.zip'))
    expect(torn).toMatchObject({ code: 'archive.invalid' })
    expect(JSON.stringify(torn) + String(torn)).not.toContain(opened.folder)
    await named(join(uploads, 'exports', 'kept'))
    expect(readdirSync(uploads)).toEqual(['exports'])
  })

  it('tells of what it did not read', async () => {
    const opened = await openEngine()
    const pack = await add(opened, packIn({ ...smallest, 'notes.md': 'x' }))
    expect(pack.warnings).toMatchObject([{ severity: 'warning', file: 'notes.md' }])
  })
})

describe('a pack that is edited', () => {
  const change = (content: PackContent): PackContent => ({
    ...content,
    vocabulary: [...content.vocabulary, 'drop-off'],
  })

  it('is kept as a new version with the texts of the old one', async () => {
    const opened = await openEngine()
    const old = await add(opened, packIn(whole))
    const { content } = await opened.call('packs.get', { pack: old.id })
    const kept = await opened.call('packs.save', { content: change(content), base: old.id })
    expect(kept).toMatchObject({ name: 'shop reviews', version: 4 })
    expect(readFileSync(join(opened.folder, 'packs', kept.hash, 'corpus/b.txt'), 'utf8')).toBe(
      whole['corpus/b.txt'],
    )
    expect((await opened.call('packs.save', { content, base: old.id })).id).toBe(old.id)
  })

  it('is refused when its corpus comes from nowhere or it says something wrong', async () => {
    const opened = await openEngine()
    const old = await add(opened, packIn(whole))
    const { content } = await opened.call('packs.get', { pack: old.id })
    await expect(opened.call('packs.save', { content: change(content) })).rejects.toMatchObject({
      code: 'pack.invalid',
    })
    const more = [...content.corpus, { file: 'corpus/../../x.txt', lines: 1, bytes: 1 }]
    await expect(
      opened.call('packs.save', { content: { ...content, corpus: more }, base: old.id }),
    ).rejects.toMatchObject({ code: 'pack.invalid' })
    const outside = content.lexicons.map((each) => ({ ...each, id: 'x', file: '../x.csv' }))
    await expect(
      opened.call('packs.save', { content: { ...content, lexicons: outside }, base: old.id }),
    ).rejects.toMatchObject({ code: 'pack.invalid' })
    expect(foldersOf(opened)).toEqual([old.hash])
  })
})

describe('a pack that goes out', () => {
  it('never takes the place of something else', async () => {
    const opened = await openEngine()
    const pack = await add(opened, packIn(smallest))
    const other = writeFiles(temporaryFolder(), { 'letter.txt': 'Dear reader' })
    for (const overwrite of [false, true]) {
      await expect(
        opened.call('packs.export', { pack: pack.id, output: other, overwrite }),
      ).rejects.toMatchObject({ code: 'export.exists' })
    }
    const out = join(opened.folder, 'out')
    await exported(opened, pack.id, out)
    await expect(opened.call('packs.export', { pack: pack.id, output: out })).rejects.toMatchObject(
      { code: 'export.exists' },
    )
    writeFileSync(join(out, 'more.txt'), 'x')
    await exported(opened, pack.id, out, true)
    expect(readdirSync(out).sort()).toEqual(['lexicons', 'pack.yaml', 'rules.yaml'])
  })

  it('is deleted with its folder, and can come again', async () => {
    const opened = await openEngine()
    const folder = packIn(smallest)
    const pack = await add(opened, folder)
    expect((await opened.call('packs.delete', { pack: 'valence' })).bytes).toBe(pack.bytes)
    expect(existsSync(join(opened.folder, 'packs', pack.hash))).toBe(false)
    await expect(opened.call('packs.get', { pack: 'valence' })).rejects.toMatchObject({
      code: 'notFound',
    })
    expect((await add(opened, folder)).hash).toBe(pack.hash)
  })

  it('is kept for as long as a run needs it', async () => {
    const opened = await openReadyEngine(noTrainers)
    const pack: KnowledgePack = await add(opened, packIn(smallest))
    const run = await opened.call('runs.create', {
      project: opened.project.id,
      recipe: {
        model: 'tiny',
        data: { dataset: opened.dataset.id, maxLength: 16 },
        knowledge: { pack: 'valence' },
      },
    })
    expect(run).toMatchObject({ pack: pack.id, packHash: pack.hash })
    await expect(opened.call('packs.delete', { pack: pack.id })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`run #${run.number}`) as string,
    })
    expect(foldersOf(opened)).toEqual([pack.hash])
  })
})
