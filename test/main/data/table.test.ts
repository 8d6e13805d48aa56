import { createWriteStream } from 'node:fs'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTable } from '../../../src/main/data/detect'
import { previewFile } from '../../../src/main/data/preview'
import type { Table, TableOptions } from '../../../src/main/data/table'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = async (content: string | Buffer, name = 'data.csv'): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const rowsOf = async (table: Table): Promise<unknown[]> => {
  const rows: unknown[] = []
  for await (const record of table.records()) {
    rows.push(record.kind === 'row' ? record.values : `${record.bad.row}: ${record.bad.reason}`)
  }
  return rows
}

const read = async (
  content: string | Buffer,
  name?: string,
  options?: TableOptions,
): Promise<{ readonly table: Table; readonly rows: unknown[] }> => {
  const table = await openTable(await put(content, name), options)
  return { table, rows: await rowsOf(table) }
}

describe('the encoding', () => {
  const text = 'text,label\nGrüße €5,gut\n'
  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\ufeff${text}`)],
    ['utf-16le', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['utf-16be', Buffer.from(text, 'utf16le').swap16()],
    ['windows-1252', Buffer.from(text.replace('€', '\x80'), 'latin1')],
  ])('is found out: %s', async (encoding, content) => {
    const { table, rows } = await read(content)
    expect(table.format.encoding).toBe(encoding)
    expect(table.columns).toEqual(['text', 'label'])
    expect(rows).toEqual([['Grüße €5', 'gut']])
  })

  it('is found out where a piece of the file ends within a character', async () => {
    const long = `text\n${'ü'.repeat(600_000)}\n${'a'.repeat(1)}${'€'.repeat(300_000)}\n`
    const { table, rows } = await read(long)
    expect(table.format.encoding).toBe('utf-8')
    expect(rows).toEqual([['ü'.repeat(600_000)], [`a${'€'.repeat(300_000)}`]])
  })

  it('stays UTF-8 when a few bytes are damaged, and those rows are refused', async () => {
    const good = Buffer.from('text,label\ngrün,ü\n'.concat('größer,ä\n'.repeat(20)))
    const { table, rows } = await read(Buffer.concat([good, Buffer.from([0xff, 0x2c, 0x61, 0x0a])]))
    expect(table.format.encoding).toBe('utf-8')
    expect(rows.at(-1)).toBe('22: The row has bytes that are not valid UTF-8.')
  })
})

describe('the format', () => {
  it.each([
    [',', 'text,label\n"a, b",x\nc,y\n'],
    [';', 'text;label\na, b;x\nc, d;y\n'],
    ['\t', 'text\tlabel\na, b\tx\nc, d, e\ty\n'],
    ['|', 'text|label\na, b|x\nc|y\n'],
  ])('has the delimiter %j', async (delimiter, content) => {
    const { table, rows } = await read(content)
    expect(table.format).toMatchObject({ delimiter, header: true })
    expect(table.columns).toEqual(['text', 'label'])
    expect(rows).toHaveLength(2)
  })

  it('keeps a header in which a name stands twice, and tells the two apart', async () => {
    const { table } = await read('text,text,label\na good one,more,yes\na bad one,less,no\n')
    expect(table.format.header).toBe(true)
    expect(table.columns).toEqual(['text', 'text (2)', 'label'])
  })

  it('may have no header: the first row is data when it looks like the others', async () => {
    const { table, rows } = await read('good film,positive\nbad film,negative\nfine,positive\n')
    expect(table.format.header).toBe(false)
    expect(table.columns).toEqual(['column1', 'column2'])
    expect(rows).toHaveLength(3)
    expect((await read('1,a\n2,b\n')).table.format.header).toBe(false)
  })

  it('can be said', async () => {
    const { table, rows } = await read('a,b\nc,d\n', 'x.csv', { header: false, delimiter: ';' })
    expect(table.columns).toEqual(['column1'])
    expect(rows).toEqual([['a,b'], ['c,d']])
  })

  it('names columns that share a name apart', async () => {
    expect((await read('a,a,\n1,2,3\n', 'x.csv', { header: true })).table.columns).toEqual([
      'a',
      'a (2)',
      'column3',
    ])
  })

  it('is JSON lines by name or by content', async () => {
    const content = '{"text": "a", "label": 1}\n\n{"label": true, "more": ["x"], "text": null}\n'
    for (const name of ['x.jsonl', 'x.txt']) {
      const { table, rows } = await read(content, name)
      expect(table.format.kind).toBe('jsonl')
      expect(table.columns).toEqual(['text', 'label', 'more'])
      expect(rows).toEqual([
        ['a', '1', null],
        [null, 'true', '["x"]'],
      ])
    }
  })
})

describe('a refused row', () => {
  it('is named by number, line and reason; the others are read', async () => {
    const { rows } = await read('text,label\na,x\nb\n"c"d,x\ne,y,z\nf,x\n"g,x\nh,y\n')
    expect(rows).toEqual([
      ['a', 'x'],
      '2: The row has 1 fields, the file has 2 columns.',
      '3: Field 1 has text after its closing quote.',
      '4: The row has 3 fields, the file has 2 columns.',
      ['f', 'x'],
      '6: The quote that opens field 1 in line 7 is never closed.',
      ['h', 'y'],
    ])
  })

  it.each([
    ['{"text": "a"', /not valid JSON/],
    ['[1]', /not an object/],
    ['"text"', /not an object/],
    ['{"text": 01}', /not valid JSON/],
    ["{'text': 'a'}", /not valid JSON/],
    ['{"text": "a",}', /not valid JSON/],
    ['{"text": NaN}', /not valid JSON/],
  ])('of JSON lines is named: %s', async (line, reason) => {
    const { rows } = await read(`{"text": "one"}\n${line}\n{"text": "two"}\n`, 'x.jsonl')
    expect(rows).toEqual([['one'], expect.stringMatching(reason), ['two']])
    expect(rows[1]).toMatch(/^2: /)
  })
})

describe('a file that is no table', () => {
  it.each<[string, string | Buffer, string]>([
    ['empty.csv', '', 'file.empty'],
    ['blank.csv', ' \n\n', 'data.noRows'],
    ['header.csv', 'text,label\n', 'data.noRows'],
    ['x.parquet', Buffer.from('PAR1....'), 'data.format'],
    ['x.csv', Buffer.from([0x61, 0, 0, 0, 0x62, 0, 0, 0]), 'data.format'],
    ['array.json', '[{"text": "a"}]', 'data.format'],
    ['pretty.json', '{\n  "text": "a"\n}\n', 'data.format'],
  ])('is refused by name: %s', async (name, content, code) => {
    await expect(read(content, name)).rejects.toMatchObject({ code })
  })

  it('is refused when it is missing or a folder', async () => {
    await mkdir(join(folder, 'inner'))
    await expect(openTable(join(folder, 'inner'))).rejects.toMatchObject({
      code: 'file.notReadable',
    })
    await expect(openTable(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'file.notFound',
    })
  })
})

describe('a preview', () => {
  it('says what the columns are and suggests their use', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, at) => `${at},a longer text number ${at},${at % 2 ? 'yes' : 'good'},`,
    )
    const path = await put(`id,review,kind,none\n${lines.join('\n')}\n`)
    const preview = await previewFile(path, 3)
    expect(preview.columns.map(({ type }) => type)).toEqual(['number', 'text', 'category', 'empty'])
    expect(preview.suggested).toEqual({ text: 'review', pair: null, label: 'kind' })
    expect(preview.columns[3]).toMatchObject({ missing: 40, distinct: 0 })
    expect(preview.rows).toHaveLength(3)
    expect(preview).toMatchObject({ rowsRead: 40, complete: true, badRows: [] })
  })

  it('suggests a pair and a numeric label by their names', async () => {
    const path = await put('sentence1\tsentence2\tscore\nab cd\tef gh\t2.5\ni j\tk l\t1\n', 'x.tsv')
    expect((await previewFile(path, 5)).suggested).toEqual({
      text: 'sentence1',
      pair: 'sentence2',
      label: 'score',
    })
  })
})

describe('a large file', () => {
  const rows = 300_000
  const large = async (first: string): Promise<string> => {
    const path = join(folder, 'large.csv')
    const stream = createWriteStream(path)
    stream.write(`text,label\n${first}`)
    const line = `${'a sentence of some length '.repeat(7)},"la,bel"\n`
    const block = line.repeat(1000)
    for (let at = 0; at < rows / 1000; at += 1) {
      if (!stream.write(block)) await once(stream, 'drain')
    }
    stream.end()
    await once(stream, 'finish')
    return path
  }
  const heapOf = async (path: string): Promise<{ count: number; bad: number; grown: number }> => {
    const table = await openTable(path)
    const before = process.memoryUsage().heapUsed
    let [count, bad, grown] = [0, 0, 0]
    for await (const record of table.records()) {
      if (record.kind === 'bad') bad += 1
      count += 1
      if (count % 5000 === 0) grown = Math.max(grown, process.memoryUsage().heapUsed - before)
    }
    return { count, bad, grown }
  }

  it('is read in bounded memory', async () => {
    const { count, bad, grown } = await heapOf(await large(''))
    expect([count, bad]).toEqual([rows, 0])
    expect(grown).toBeLessThan(80e6)
  })

  it('is read in bounded memory although a quote is never closed', async () => {
    const { count, grown } = await heapOf(await large(`"open${' '.repeat(10)}\n`))
    expect(count).toBeGreaterThan(rows * 0.9)
    expect(grown).toBeLessThan(80e6)
  })
})
