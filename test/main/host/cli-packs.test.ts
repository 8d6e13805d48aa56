import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { smallest, writeFiles } from '../data/pack/folder'
import type { Finished, Folder } from './support'
import { errorCode, graftbench, isRecord, temporaryFolder, tinyModel } from './support'

let folder: Folder

const at = (name: string): string => join(folder.path, name)

const print = (...args: readonly string[]): Promise<Finished> =>
  graftbench(['--workspace', at('workspace'), ...args])

const run = (...args: readonly string[]): Promise<Finished> => print('--json', ...args)

const lists = (result: Record<string, unknown>, name: string): readonly unknown[] => {
  const value = result[name]
  return Array.isArray(value) ? value : []
}

/** Rows that the smallest pack speaks about, some of them wrongly. */
const rows = Array.from({ length: 60 }, (_, row) => {
  const isGood = row % 2 === 0
  const word = row % 10 === 0 ? 'bad' : isGood ? 'good' : 'bad'
  const stars = isGood ? 5 : 1
  return `"it was ${word}, ${isGood ? 'delightful' : 'dreadful'} number ${row}",${isGood ? 'positive' : 'negative'},${stars}`
})

beforeAll(async () => {
  folder = await temporaryFolder()
  await mkdir(at('valence'))
  writeFiles(at('valence'), smallest)
  await writeFile(at('rows.csv'), `text,label,stars\n${rows.join('\n')}\n`)
  await run('models', 'add', tinyModel, '--name', 'tiny')
})
afterAll(() => folder.remove())

// Each command starts an engine of its own.
describe('a knowledge pack on the command line', { timeout: 300_000 }, () => {
  it('is checked before it is imported, and judged on rows', async () => {
    const checked = await print('packs', 'check', at('valence'), '--train', at('rows.csv'))
    expect(checked.code).toBe(0)
    expect(checked.stdout).toContain('is in order')
    expect(checked.stdout).toMatch(/Piece +Label +Rows +Coverage +Accuracy/)
    expect(checked.stdout).toMatch(/lexicon:valence +60 +100\.0% +0\.9/)
    expect(checked.stdout).toMatch(/rule:five-stars +positive +30 +50\.0% +1 \(0\.\d+–1\.000\)/)
    expect((await run('packs', 'list')).result).toEqual({ packs: [] })
    expect((await run('datasets', 'list')).result['datasets']).toMatchObject([{ name: 'rows' }])
  })

  it('is not kept by a run that is refused', async () => {
    await cp(at('valence'), at('other'), { recursive: true })
    const manifest = (await readFile(at('other/pack.yaml'), 'utf8'))
      .replace(/labels: .*/, 'labels: [bug, feature]')
      .replaceAll('positive', 'bug')
      .replaceAll('negative', 'feature')
    await writeFile(at('other/pack.yaml'), manifest)
    const rules = await readFile(at('other/rules.yaml'), 'utf8')
    await writeFile(
      at('other/rules.yaml'),
      rules.replaceAll('positive', 'bug').replaceAll('negative', 'feature'),
    )
    const refused = await run(
      ...['train', '--model', 'tiny', '--train', at('rows.csv'), '--pack', at('other')],
    )
    expect(errorCode(refused)).toBe('recipe.invalid')
    expect((await run('packs', 'list')).result).toEqual({ packs: [] })
  })

  it('is told of with file and line when it is wrong', async () => {
    await cp(at('valence'), at('wrong'), { recursive: true })
    await writeFile(at('wrong/lexicons/valence.csv'), 'term,valence\ngood,1\ngood,2\n')
    await writeFile(
      at('wrong/rules.yaml'),
      '- id: a\n  when: { regex: "a(?=b)" }\n  label: angry\n  confidence: 0.9\n',
    )
    const printed = await print('packs', 'check', at('wrong'))
    expect(printed.code).toBe(2)
    expect(printed.stdout).toMatch(/^lexicons\/valence\.csv:3: error: good: "good" stands twice/m)
    expect(printed.stdout).toMatch(
      /^rules\.yaml:3: error: a\.label: The pack has no label "angry"/m,
    )
    expect(printed.stdout).toMatch(/^rules\.yaml:2: error: a\.when: Look-ahead/m)
    expect(printed.stderr).toMatch(/error \[pack\.invalid\]: .*3 errors/)
    const judged = await run('packs', 'check', at('wrong'), '--train', at('rows.csv'))
    expect(judged.code).toBe(2)
    expect(errorCode(judged)).toBe('pack.invalid')
    const refused = await run('packs', 'add', at('wrong'))
    expect(refused.code).toBe(2)
    expect(errorCode(refused)).toBe('pack.invalid')
  })

  it('is added, shown, exported and deleted', async () => {
    const added = await run('packs', 'add', at('valence'))
    expect(added.result).toMatchObject({ pack: { name: 'valence', version: 1 }, warnings: [] })
    const shown = await print('packs', 'show', 'valence')
    expect(shown.stdout).toMatch(/money-back +negative +0\.8 +\("refund" or \/money\\s\+back\/\)/)
    expect(shown.stdout).toMatch(/five-stars .* 5 ≤ stars/)
    expect((await print('packs')).stdout).toMatch(/valence@1 +en +negative, positive +3 +2/)
    const zip = at('valence.zip')
    expect((await run('packs', 'export', 'valence@1', '--output', zip)).code).toBe(0)
    const twice = await run('packs', 'export', 'valence@1', '--output', zip)
    expect(errorCode(twice)).toBe('export.exists')
    expect((await run('packs', 'delete', 'valence')).code).toBe(0)
    expect((await run('packs', 'show', 'valence')).code).toBe(2)
    const again = await run('packs', 'add', zip)
    const [pack, before] = [again.result['pack'], added.result['pack']]
    expect(isRecord(pack) && isRecord(before) && pack['hash'] === before['hash']).toBe(true)
  })

  it('gets rules that rows suggest, by file or at once', async () => {
    const options = ['--dataset', 'rows', '--pack', 'valence']
    const mined = await run('packs', 'mine', ...options, '--accept', at('mined.yaml'))
    expect(mined.code).toBe(0)
    const count = lists(mined.result, 'rules').length
    expect(count).toBeGreaterThan(0)
    const written: unknown = parse(await readFile(at('mined.yaml'), 'utf8'))
    expect(written).toHaveLength(count)
    const refused = await run('packs', 'mine', ...options, '--accept', at('mined.yaml'))
    expect(errorCode(refused)).toBe('file.exists')
    const saved = await run('packs', 'save', 'valence', '--rules', at('mined.yaml'))
    expect(saved.result).toMatchObject({ pack: { name: 'valence', version: 2 } })
    const other = await run('packs', 'mine', '--dataset', 'rows', '--into', 'valence@1')
    expect(other.result).toMatchObject({ pack: { version: 2, counts: { rules: 2 + count } } })
    await writeFile(at('torn.yaml'), '- id: a\n  when: { contain: x }\n  label: negative\n')
    const torn = await run('packs', 'save', 'valence', '--rules', at('torn.yaml'))
    expect(errorCode(torn)).toBe('pack.invalid')
    expect(torn.code).toBe(2)
    await rm(at('mined.yaml'))
  })

  it('goes into a recipe, from its folder too', async () => {
    const options = [
      '--model',
      'tiny',
      '--dataset',
      'rows',
      '--max-length',
      '16',
      '--max-steps',
      '1',
    ]
    const plain = await run('train', ...options, '--pack', at('valence'), '--knowledge', 'none')
    expect(plain.code).toBe(0)
    const shown = await run('recipe', 'show', '1')
    expect(shown.result['recipe']).toMatchObject({ knowledge: null })
    const lonely = await run('train', ...options, '--knowledge', 'auto')
    expect(errorCode(lonely)).toBe('input.invalid')
    const missing = await run('train', ...options, '--pack', at('nowhere'))
    expect(missing.code).toBe(2)
    const grafted = await run('train', ...options, '--pack', at('valence'))
    const listed = await run('runs', 'list')
    expect([grafted.code, lists(listed.result, 'runs').length]).toEqual([0, 2])
    const recipe = (await run('recipe', 'show', '2')).result['recipe']
    expect(recipe).toMatchObject({ knowledge: { pack: 'valence@1', training: 'auto' } })
    expect(errorCode(await run('packs', 'delete', 'valence@1'))).toBe('conflict')
  })
})
