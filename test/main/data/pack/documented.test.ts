import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPack } from '../../../../src/main/data/pack/read-pack'
import { checkContent } from '../../../../src/main/knowledge/check-content'
import { packOf } from './folder'

const page = await readFile(resolve('docs/knowledge-packs.md'), 'utf8')

/** Blocks of a language on the page, in order. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  )

describe('the page on knowledge packs', () => {
  it('prints a pack that is in order', async () => {
    const [manifest = '', rules = '', priors = '', invariances = ''] = blocks('yaml')
    const [lexicon = '', triples = '', rationales = ''] = blocks('csv')
    const folder = packOf({
      'pack.yaml': manifest.replace(
        'labels: [negative, positive]',
        'labels: [negative, positive, recall, safety, delay]',
      ),
      'lexicons/valence.csv': lexicon,
      'rules.yaml': rules,
      'graph.csv': triples,
      'rationales.csv': rationales,
      'priors.yaml': priors,
      'invariances.yaml': invariances,
    })
    const { content, problems, placeOf } = await readPack(folder)
    expect(problems).toEqual([])
    expect(checkContent(content, placeOf)).toEqual([
      expect.objectContaining({ severity: 'warning', field: 'shares' }),
    ])
    expect(content.lexicons[0]?.entries).toHaveLength(2)
    expect(content.rules.map(({ id }) => id)).toEqual(['money-back', 'five-stars'])
    expect(content.invariances?.swaps).toHaveLength(2)
  })
})
