import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const bundles = resolve(import.meta.dirname, '../../out/main')

/** Every package that a bundle or a chunk of it requires or imports. */
function packagesOf(bundle: string): Set<string> {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const queue = [join(bundles, bundle)]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const specifier of requiredBy(readFileSync(file, 'utf8'))) {
      if (!specifier.startsWith('.')) packages.add(specifier)
      else if (existsSync(join(dirname(file), specifier)))
        queue.push(join(dirname(file), specifier))
    }
  }
  return packages
}

function requiredBy(code: string): string[] {
  const calls = code.matchAll(
    /(?:\b(?:require|import)|createRequire\)?\(.*\))\(\s*(["'`])([^"'`$]+)\1\s*\)/g,
  )
  return [...calls].flatMap(([, , specifier]) => (specifier === undefined ? [] : [specifier]))
}

describe('the bundles', () => {
  it.each(['index.cjs', 'engine.cjs', 'headless.cjs'])('%s holds no TensorFlow', (bundle) => {
    const packages = [...packagesOf(bundle)]
    expect(packages).not.toHaveLength(0)
    expect(packages.filter((name) => name.startsWith('@tensorflow/'))).toEqual([])
  })

  it('trainer.cjs loads TensorFlow and never opens the database', () => {
    const packages = packagesOf('trainer.cjs')
    expect(packages).toContain('@tensorflow/tfjs-node-gpu')
    expect(packages).not.toContain('better-sqlite3')
  })

  it('only the engine opens the database', () => {
    expect(packagesOf('engine.cjs')).toContain('better-sqlite3')
    expect(packagesOf('index.cjs')).not.toContain('better-sqlite3')
  })

  it.each(['engine.cjs', 'headless.cjs', 'trainer.cjs'])('%s runs without Electron', (bundle) => {
    expect([...packagesOf(bundle)].filter((name) => name.startsWith('electron'))).toEqual([])
  })
})
