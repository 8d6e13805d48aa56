import { describe, expect, it } from 'vitest'
import { hrefOf, parseRoute, type Route } from '../../../src/renderer/routes/routes'

const routes: readonly Route[] = [
  { name: 'projects' },
  { name: 'data' },
  { name: 'data-import' },
  { name: 'dataset', dataset: 'import' },
  { name: 'dataset', dataset: 'film / 2024?' },
  { name: 'models' },
  { name: 'model', model: 'owner/name' },
  { name: 'knowledge' },
  { name: 'pack', pack: 'valence@2' },
  { name: 'pack', pack: 'pack_1', tab: 'rules' },
  { name: 'settings' },
  { name: 'new-run', project: 'p1' },
  { name: 'new-run', project: 'p1', from: 'run_1', dataset: 'd', model: 'm' },
  { name: 'runs', project: 'p1' },
  { name: 'runs', project: 'p1', filter: 'accuracy > 0.8 and name = "a&b"' },
  { name: 'run', project: 'p1', run: 'run_1' },
  { name: 'run', project: 'p1', run: 'run_1', tab: 'log' },
  { name: 'compare', project: 'p1', runs: [] },
  { name: 'compare', project: 'p1', runs: ['a', 'b'], baseline: 'a' },
  { name: 'playground', project: 'p1', runs: ['a'] },
  { name: 'ablations', project: 'p1' },
  { name: 'new-ablation', project: 'p1' },
  { name: 'new-ablation', project: 'p1', from: 'run_1', pack: 'valence@2' },
  { name: 'ablation', project: 'p1', ablation: 'ablation_1' },
]

describe('an address', () => {
  it.each(routes)('of $name leads back to the same place', (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route)
  })

  it('that is empty leads to the projects', () => {
    expect(parseRoute('')).toEqual({ name: 'projects' })
    expect(parseRoute('#/')).toEqual({ name: 'projects' })
  })

  it('of a project leads to its runs', () => {
    expect(parseRoute('#/projects/p1')).toEqual({ name: 'runs', project: 'p1' })
  })

  it.each(['#/nowhere', '#/data/sets/a/b', '#/projects/p1/runs/r/more', '#/models/%E0%A4%A'])(
    '%s that nobody knows is unknown, not an error',
    (hash) => {
      expect(parseRoute(hash)).toMatchObject({ name: 'unknown' })
    },
  )

  it('keeps runs apart by commas, readable in the address bar', () => {
    expect(hrefOf({ name: 'compare', project: 'p', runs: ['a', 'b'] })).toBe(
      '#/projects/p/compare?runs=a,b',
    )
  })
})
