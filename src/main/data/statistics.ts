import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type {
  DataRow,
  DatasetStatistics,
  Histogram,
  Part,
  PartStatistics,
} from '@shared/domain/dataset'
import { GraftError } from '@shared/errors'
import type { TextTokenizer } from './tokenizer'

export interface StatisticsOptions {
  readonly badRows: number
  /** Lengths are also counted in tokens of this model, named `tokensOf`. */
  readonly tokenizer?: TextTokenizer | undefined
  readonly tokensOf?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const bins = 30
const untruncated = 1 << 20
const held = 1
const trained = 2

/** Class balance, lengths, duplicates and leakage of a dataset, row by row. */
export async function computeStatistics(
  rows: AsyncIterable<DataRow> | Iterable<DataRow>,
  options: StatisticsOptions,
): Promise<DatasetStatistics> {
  const parts = new Map<Part, { rows: number; labels: Map<string, number> }>()
  const characters = new Map<number, number>()
  const tokens = new Map<number, number>()
  const seen = new Map<number, number>()
  let duplicates = 0
  let count = 0
  for await (const row of rows) {
    countLabels(parts, row)
    add(characters, row.text.length + (row.pair?.length ?? 0))
    if (options.tokenizer !== undefined) {
      add(tokens, options.tokenizer.encode(row.text, row.pair, untruncated).ids.length)
    }
    const key = fingerprint(row)
    const known = seen.get(key)
    if (known !== undefined) duplicates += 1
    seen.set(key, (known ?? 0) | (isHeld(row.part) ? held : trained))
    count += 1
    if (count % 512 === 0) {
      await breathe()
      if (options.signal?.aborted) throw new GraftError('cancelled', 'Counting was cancelled.')
    }
  }
  const leaked = [...seen.values()].filter((uses) => uses === (held | trained)).length
  return {
    parts: partStatistics(parts),
    characters: histogram(characters),
    tokens: options.tokenizer === undefined ? null : histogram(tokens),
    tokensOf: options.tokenizer === undefined ? null : (options.tokensOf ?? null),
    duplicates,
    leaked,
    badRows: options.badRows,
  }
}

const isHeld = (part: Part): boolean => part === 'test' || part === 'validation'

const add = (counts: Map<number, number>, value: number): void => {
  counts.set(value, (counts.get(value) ?? 0) + 1)
}

/** 48 bits of a hash: texts are told apart without being kept. */
const fingerprint = ({ text, pair }: DataRow): number =>
  createHash('sha1')
    .update(text)
    .update(pair === null ? '' : `\0${pair}`)
    .digest()
    .readUIntBE(0, 6)

function countLabels(
  parts: Map<Part, { rows: number; labels: Map<string, number> }>,
  { part, label }: DataRow,
): void {
  const counts = parts.get(part) ?? { rows: 0, labels: new Map<string, number>() }
  parts.set(part, counts)
  counts.rows += 1
  if (label === null || typeof label === 'number') return
  for (const one of typeof label === 'string' ? [label] : label) {
    counts.labels.set(one, (counts.labels.get(one) ?? 0) + 1)
  }
}

const partOrder: readonly Part[] = ['all', 'train', 'validation', 'test']

const partStatistics = (
  parts: Map<Part, { rows: number; labels: Map<string, number> }>,
): readonly PartStatistics[] =>
  partOrder.flatMap((part) => {
    const counts = parts.get(part)
    if (counts === undefined) return []
    const labels = [...counts.labels].sort(([a], [b]) => (a < b ? -1 : 1))
    return [{ part, rows: counts.rows, labels: Object.fromEntries(labels) }]
  })

/** Counts in at most 30 bins of one width, a whole number; each bin holds its lower edge. */
function histogram(counts: ReadonlyMap<number, number>): Histogram {
  if (counts.size === 0) return { edges: [0], counts: [] }
  let [least, greatest] = [Infinity, 0]
  for (const value of counts.keys()) {
    least = Math.min(least, value)
    greatest = Math.max(greatest, value)
  }
  const width = Math.max(1, Math.ceil((greatest - least + 1) / bins))
  const used = Math.floor((greatest - least) / width) + 1
  const binned = new Array<number>(used).fill(0)
  for (const [value, count] of counts) {
    const bin = Math.floor((value - least) / width)
    binned[bin] = (binned[bin] ?? 0) + count
  }
  return {
    edges: Array.from({ length: used + 1 }, (_, bin) => least + bin * width),
    counts: binned,
  }
}
