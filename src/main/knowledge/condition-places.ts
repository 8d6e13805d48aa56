import type { PieceId, PieceMatch } from '@shared/domain'
import type { Test } from './conditions'
import { holds } from './conditions'
import { nearPairs } from './near'
import type { Found, Hits } from './probes'
import { hitsOf } from './probes'
import type { RowBatch } from './row-batch'
import { fieldOf } from './row-batch'

/**
 * What a condition found in the one row of a batch where it holds, in order. What is not there
 * (not), and what has no place (length), adds nothing.
 */
export function placesOf(
  test: Test,
  batch: RowBatch,
  found: Found,
  piece: PieceId,
): readonly PieceMatch[] {
  const places = new Map<string, PieceMatch>()
  collect(test, batch, found, (field, term, start, end) => {
    places.set(`${field} ${start} ${end}`, {
      ...{ piece, field, term, start, end },
      ...{ weight: 1, negated: false, intensified: false, contrasted: false },
    })
  })
  return [...places.values()].sort(
    (a, b) => order[a.field] - order[b.field] || a.start - b.start || a.end - b.end,
  )
}

const order = { text: 0, pair: 1, column: 2 } as const

type PlaceSink = (field: PieceMatch['field'], term: string, start: number, end: number) => void

function collect(test: Test, batch: RowBatch, found: Found, sink: PlaceSink): void {
  const { words } = batch
  const report = (term: string, hits: Hits, at: number): void => {
    const [start, end] = [words.start[hits.first[at] ?? 0], words.end[hits.last[at] ?? 0]]
    sink(fieldOf(hits.texts[at] ?? 0), term, start ?? 0, end ?? 0)
  }
  switch (test.kind) {
    case 'term': {
      const hits = hitsOf(found, test.probe)
      hits.texts.forEach((_, at) => report(test.term, hits, at))
      return
    }
    case 'pattern':
      for (const text of [0, 1]) {
        for (const [start, end] of test.pattern.find(batch.text(text))) {
          sink(fieldOf(text), test.pattern.source, start, end)
        }
      }
      return
    case 'near': {
      const [first, second] = [hitsOf(found, test.first), hitsOf(found, test.second)]
      for (const [a, b] of nearPairs(first, second, test.within, words)) {
        report(test.terms[0], first, a)
        report(test.terms[1], second, b)
      }
      return
    }
    case 'all':
    case 'any':
      for (const one of test.tests) {
        if (test.kind === 'all' || holds(one, batch, found).has(0)) collect(one, batch, found, sink)
      }
      return
    case 'column': {
      const value = batch.rows[0]?.columns[test.column] ?? ''
      sink('column', test.column, 0, value.length)
      return
    }
    case 'not':
    case 'length':
  }
}
