import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeProblem, requireUsable } from '../../../../src/main/data/pack/problems'
import { readPack } from '../../../../src/main/data/pack/read-pack'
import { packOf, smallest, whole, writeFiles } from './folder'
import { folderOfTest } from '../../../temporary'

const lines = async (folder: string): Promise<readonly string[]> =>
  (await readPack(folder)).problems.map(
    (problem) => `${problem.severity}: ${describeProblem(problem)}`,
  )

const spoiled = (
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly string[]> => lines(packOf({ ...smallest, ...files }))

describe('a pack that is in order', () => {
  it('is read as the documentation prints it', async () => {
    const { content, problems } = await readPack(packOf(smallest))
    expect(problems).toEqual([])
    expect(content).toMatchObject({ name: 'valence', version: 1, labels: ['negative', 'positive'] })
    expect(content.lexicons).toEqual([
      {
        id: 'valence',
        file: 'lexicons/valence.csv',
        match: 'word',
        caseSensitive: false,
        valence: { above: 'positive', below: 'negative' },
        negation: {
          words: ['not', 'no', 'never', 'without', 'cannot', 'hardly'],
          suffixes: ["n't"],
          window: 3,
          factor: -0.74,
        },
        intensifiers: null,
        contrast: null,
        entries: [
          { term: 'good', label: null, weight: 1.9 },
          { term: 'bad', label: null, weight: -2.5 },
          { term: ':-,', label: null, weight: -1 },
        ],
      },
    ])
    expect(content.rules[0]).toEqual({
      id: 'money-back',
      when: {
        kind: 'any',
        conditions: [
          { kind: 'contains', term: 'refund', match: 'word' },
          { kind: 'regex', pattern: 'money\\s+back' },
        ],
      },
      label: 'negative',
      confidence: 0.8,
      hard: false,
      note: '',
    })
    expect(content.rules[1]?.when).toEqual({
      kind: 'column',
      column: 'stars',
      equals: null,
      atLeast: 5,
      atMost: null,
    })
  })

  it('may have every part', async () => {
    const { content, problems } = await readPack(packOf(whole))
    expect(problems).toEqual([])
    expect(content).toMatchObject({
      licence: 'CC-BY-4.0',
      sources: ['our own shop', "a friend's shop"],
      vocabulary: ['click and collect', 'SKU-12'],
      priors: { forbidden: [['negative', 'positive']], hierarchy: { negative: 'opinion' } },
      invariances: { text: ['case', 'digits'], images: ['flip', 'crop'] },
      corpus: [
        { file: 'corpus/a.txt', lines: 1, bytes: 8 },
        { file: 'corpus/b.txt', lines: 2, bytes: 24 },
      ],
    })
    expect(content.lexicons[0]?.intensifiers).toEqual({
      words: { very: 0.293, barely: -0.293 },
      window: 3,
      decay: 0.95,
    })
    expect(content.lexicons[0]?.contrast).toEqual({
      ...{ words: ['but', 'even so'], before: 0.5, after: 1.5 },
    })
    expect(content.triples[1]).toEqual({ head: 'refund, full', relation: 'is a', tail: 'refund' })
    expect(content.rationales[1]).toEqual({ term: 'Tuesday', role: 'irrelevant', label: null })
    expect(content.rules.map(({ when }) => when.kind)).toEqual([
      ...['contains', 'contains', 'near', 'near', 'not', 'length', 'column', 'column'],
    ])
    expect(content.rules[0]?.when).toMatchObject({ match: 'phrase' })
    expect(content.rules[3]?.when).toMatchObject({ first: 'not', second: 'bad', within: 2 })
    expect(content.rules[6]?.when).toMatchObject({ equals: 'no' })
  })

  it('is read whatever the encoding and line breaks of its tables', async () => {
    const { content, problems } = await readPack(
      packOf({
        ...smallest,
        'lexicons/valence.csv': Buffer.from('\ufeffTerm;Valence\r\nGrüße;2\r\n', 'utf16le'),
      }),
    )
    expect(problems).toEqual([])
    expect(content.lexicons[0]?.entries).toEqual([{ term: 'Grüße', label: null, weight: 2 }])
  })
})

describe('a mistake in a pack', () => {
  it('is told with its file and line, and so are the others', async () => {
    expect(
      await spoiled({
        'pack.yaml': `name: valence
version: none
labels: [negative, positive]
colour: red
lexicons:
  - file: lexicons/valence.csv
    match: fuzzy
  - file: lexicons/valence.csv
    windows: 3
  - file: lexicons/valence.csv
    contrast: { words: [but], before: -1 }
`,
        'rules.yaml': `- id: a
  when: { contains: refund, near: [a, b] }
  label: negative
  confidence: 2
- id: b
  when:
    all:
      - { regexp: x }
      - { length: lines, atLeast: 2 }
  label: negative
  weight: 1
`,
      }),
    ).toEqual([
      expect.stringMatching(/^error: pack\.yaml:4: colour: There is no field of this name/),
      'error: pack.yaml:2: version: This must be a number.',
      'error: pack.yaml:7: lexicons.1.match: This must be word or phrase or stem or regex.',
      'error: pack.yaml:9: lexicons.2.windows: There is no field of this name.',
      'error: pack.yaml:11: lexicons.3.contrast.before: This must be at least 0.',
      expect.stringMatching(/^error: rules\.yaml:4: 1\.confidence: This must be at most 1/),
      expect.stringMatching(/^error: rules\.yaml:2: 1\.when: contains and near are both here/),
      'error: rules.yaml:11: 2.weight: There is no field of this name.',
      expect.stringMatching(/^error: rules\.yaml:8: 2\.when\.all\.1: None of contains, regex/),
      'error: rules.yaml:9: 2.when.all.2.length: This must be characters or words.',
    ])
  })

  it('in pack.yaml does not hide those of the other files', async () => {
    const others = {
      'lexicons/valence.csv': 'term,valence\ngood,fine\n',
      'rules.yaml': '- { id: a, when: { contains: x }, label: y, confidence: 2 }\n',
      'rationales.csv': 'term,role\nx,maybe\n',
    }
    const told = [
      'error: lexicons/valence.csv:2: valence: This must be a number, not "fine".',
      expect.stringMatching(/^error: rules\.yaml:1: 1\.confidence: /),
      'error: rationales.csv:2: role: This must be reason or irrelevant, not "maybe".',
    ]
    expect(await spoiled({ ...others, 'pack.yaml': 'name: [a\n' })).toEqual([
      expect.stringMatching(/^error: pack\.yaml:\d: This is not valid YAML/),
      ...told,
    ])
    const settings =
      'name: a\nlabels: [x, [y]]\nlexicons: [{ file: lexicons/valence.csv, match: no }]\n'
    expect(await spoiled({ ...others, 'pack.yaml': settings })).toEqual([
      expect.stringMatching(/^error: pack\.yaml:2: labels\.2/),
      expect.stringMatching(/^error: pack\.yaml:3: lexicons\.1\.match: /),
      ...told,
    ])
  })

  it('in a table names the line and what was expected', async () => {
    expect(
      await spoiled({ 'lexicons/valence.csv': 'term,valence\ngood,fine\nbad\n\n"worse,-1\n' }),
    ).toEqual([
      'error: lexicons/valence.csv:5: The quote that opens field 1 in line 5 is never closed.',
      expect.stringMatching(/^error: lexicons\/valence\.csv:3: The line has 1 fields, 2 are/),
      'error: lexicons/valence.csv:2: valence: This must be a number, not "fine".',
    ])
    expect(await spoiled({ 'lexicons/valence.csv': 'good,1\n' })).toEqual([
      'error: lexicons/valence.csv:1: The first line has to be the header term,valence or term,label,weight.',
    ])
    expect(await spoiled({ 'rationales.csv': 'term,role\nx,maybe\n' })).toEqual([
      'error: rationales.csv:2: role: This must be reason or irrelevant, not "maybe".',
    ])
  })

  it('in YAML names the line, keys that stand twice too', async () => {
    expect(await spoiled({ 'rules.yaml': '- id: a\n  id: b\n' })).toEqual([
      'error: rules.yaml:2: This is not valid YAML: Map keys must be unique',
    ])
    expect(await spoiled({ 'priors.yaml': 'shares: [1, 2\n' })).toEqual([
      expect.stringMatching(/^error: priors\.yaml:\d: This is not valid YAML/),
    ])
    expect(await spoiled({ 'rules.yaml': 'id: a\n' })).toEqual([
      expect.stringMatching(/^error: rules\.yaml/),
    ])
  })

  it('that a flood of aliases or brackets is, ends no process', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh']
      .map((name, at) => {
        const before = 'abcdefgh'[at] ?? ''
        return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(',')}]`
      })
      .join('\n')}\n`
    expect(await spoiled({ 'priors.yaml': bomb })).toEqual([
      expect.stringMatching(/^error: priors\.yaml:1: This is not valid YAML: .*alias/),
    ])
    const brackets = await spoiled({ 'rules.yaml': '['.repeat(10_000) })
    expect(brackets.length).toBeLessThan(20)
    expect(brackets[0]).toMatch(/^error: rules\.yaml:1: This is not valid YAML/)
    const large = await spoiled({ 'rules.yaml': '# much\n'.repeat(700_000) })
    expect(large).toEqual(['error: rules.yaml: The file is larger than 4 MiB. Split it.'])
  })

  it('that names a missing, outer or linked file is refused', async () => {
    const manifest = (file: string): string =>
      `name: a\nlabels: [x, y]\nlexicons:\n  - { file: ${file}, valence: { above: x, below: y } }\n`
    expect(await lines(packOf({ 'pack.yaml': manifest('lexicons/no.csv') }))).toEqual([
      'error: pack.yaml:4: lexicons/no.csv: The file is named here and is not there.',
    ])
    for (const outer of ['../secret.csv', '/etc/passwd', 'lexicons/../../secret.csv']) {
      expect(await lines(packOf({ 'pack.yaml': manifest(outer) }))).toEqual([
        `error: pack.yaml:4: ${outer}: The file lies outside the pack. Copy it into the folder.`,
      ])
    }
    const folder = packOf({ 'pack.yaml': manifest('lexicons/a.csv') })
    const outside = folderOfTest()
    writeFileSync(join(outside, 'a.csv'), 'term,valence\na,1\n')
    symlinkSync(outside, join(folder, 'lexicons'))
    expect(await lines(folder)).toEqual([
      'error: pack.yaml:4: lexicons/a.csv: A link is not followed. Copy the file into the folder.',
      'warning: lexicons: pack.yaml does not name this file: not read.',
    ])
    const named = packOf({ 'pack.yaml': 'name: a\nlabels: [x]\ncorpus: ../../etc\n' })
    expect(await lines(named)).toEqual([expect.stringMatching(/^error: pack\.yaml:3: .*outside/)])
  })

  it('in an encoding is told', async () => {
    expect(await spoiled({ 'corpus/a.txt': Buffer.from('Gr\xfc\xdfe\n', 'latin1') })).toEqual([
      'error: corpus/a.txt: The corpus has to be UTF-8. Save the file as UTF-8.',
    ])
    expect(await spoiled({ 'vocabulary.txt': Buffer.from('Gr\xfc\xdfe\n', 'latin1') })).toEqual([
      'warning: vocabulary.txt: The file is not UTF-8 and was read as Windows-1252.',
    ])
    expect(await spoiled({ 'graph.csv': Buffer.from('PK\x03\x04....') })).toEqual([
      'error: graph.csv: This is no text file.',
    ])
  })

  it('that leaves a file unread is a warning', async () => {
    expect(
      await spoiled({ 'notes.md': 'x', 'lexicons/more.csv': 'term,valence\n', '.hidden': '' }),
    ).toEqual([
      'warning: lexicons/more.csv: pack.yaml does not name this file: not read.',
      'warning: notes.md: pack.yaml does not name this file: not read.',
    ])
  })
})

describe('what is no pack', () => {
  it('is told apart from a pack with mistakes', async () => {
    expect(await lines(packOf({ 'rules.yaml': '[]' }))).toEqual([
      'error: pack.yaml: The folder has no pack.yaml, so it is no pack.',
    ])
    expect(await lines(packOf({ 'pack.yaml': '- a\n' }))).toEqual([
      'error: pack.yaml:1: This must be a list of "name: value".',
    ])
    await expect(readPack(join(folderOfTest(), 'none'))).rejects.toMatchObject({
      code: 'file.notFound',
    })
    const file = join(writeFiles(folderOfTest(), { 'a.txt': 'a' }), 'a.txt')
    await expect(readPack(file)).rejects.toMatchObject({ code: 'file.notReadable' })
  })

  it('is refused with all its problems, a line each, and in the details', () => {
    const problem = (line: number) =>
      ({ severity: 'error', file: 'a.csv', line, field: null, message: 'Bad.' }) as const
    const problems = Array.from({ length: 7 }, (_, at) => problem(at + 1))
    expect(() => requireUsable('x', problems)).toThrowError(
      expect.objectContaining({
        code: 'pack.invalid',
        message: expect.stringMatching(
          /^The pack x cannot be used\.\na\.csv:1: Bad\.\n(.*\n)+a\.csv:7: Bad\.$/,
        ) as string,
        details: { problems },
      }) as Error,
    )
    expect(() => requireUsable('x', [{ ...problem(1), severity: 'warning' }])).not.toThrow()
  })
})

describe('a folder in place of a file', () => {
  it('is told of', async () => {
    const folder = packOf({ 'pack.yaml': 'name: a\nlabels: [x]\n' })
    mkdirSync(join(folder, 'rules.yaml'))
    expect(await lines(folder)).toEqual([expect.stringMatching(/rules\.yaml: This is no file/)])
  })
})
