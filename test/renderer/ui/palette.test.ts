import { describe, expect, it } from 'vitest'
import type { PaletteCommand, Score } from '../../../src/renderer/ui/palette'
import { matching } from '../../../src/renderer/ui/palette'

const command = (label: string, more: Partial<PaletteCommand> = {}): PaletteCommand => ({
  id: label,
  label,
  run: () => undefined,
  ...more,
})

const groups = [
  { label: 'Go to', commands: [command('Data'), command('Knowledge'), command('Known issues')] },
  {
    label: 'Packs',
    commands: [command('valence', { hint: 'Version 2', keywords: ['knowledge'] })],
  },
]

/** The share of a text that was typed, where the text or a further word has it. */
const share: Score = (text, typed, keywords = []) =>
  Math.max(
    ...[text, ...keywords].map((one) =>
      one.toLowerCase().includes(typed) ? typed.length / (one.length + 1) : 0,
    ),
  )

const found = (typed: string) =>
  matching(groups, typed, share).map(({ label, commands }) => [
    label,
    ...commands.map((one) => one.label),
  ])

describe('the palette', () => {
  it('offers everything as it stands while nothing is typed', () => {
    expect(matching(groups, '  ', share)).toBe(groups)
  })

  it('keeps what answers, the best first, and no group without an answer', () => {
    expect(found('know')).toEqual([
      ['Go to', 'Knowledge', 'Known issues'],
      ['Packs', 'valence'],
    ])
    expect(found('data')).toEqual([['Go to', 'Data']])
  })

  it('finds by the hint and by further words', () => {
    expect(found('version 2')).toEqual([['Packs', 'valence']])
    expect(found('ledge')).toEqual([
      ['Go to', 'Knowledge'],
      ['Packs', 'valence'],
    ])
  })

  it('says nothing rather than anything', () => {
    expect(found('zzzz')).toEqual([])
  })
})
