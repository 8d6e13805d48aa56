import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Artifact } from '@shared/domain'
import { ended, openReadyEngine, resultOf } from './harness'
import { realTrainer } from './real-trainer'

describe('a run with a pooling that transformers has no head for', () => {
  const launcher = realTrainer()

  async function finished(recipe: object) {
    const ready = await openReadyEngine(launcher())
    const { number } = await ready.call('runs.create', {
      project: 'Reviews',
      recipe: { model: 'tiny', ...recipe },
    })
    const run = await ended(ready, String(number))
    expect(run.state).toEqual({ kind: 'finished' })
    return { ready, run }
  }

  it('is exported with its classifier, and says how to apply it', async () => {
    const { ready, run } = await finished({
      data: { dataset: 'reviews', maxLength: 32 },
      head: { pooling: 'mean' },
      maxSteps: 4,
      batch: { size: 8 },
    })
    const { call, folder } = ready
    const output = join(folder, 'mean')
    const artifact = await resultOf<Artifact>(
      ready,
      call('exports.create', { run: run.id, format: 'hf', output }),
    )
    expect(artifact.largestDifference).toBeLessThanOrEqual(1e-4)
    expect(artifact.notes[0]).toMatch(/pools token vectors by "mean"/)
    expect(artifact.files.map((file) => file.name)).toContain('graftbench.json')
    const card = readFileSync(join(output, 'README.md'), 'utf8')
    expect(card).toContain('pooled = (tokens * mask).sum(1) / mask.sum(1)')
    const config: unknown = JSON.parse(readFileSync(join(output, 'config.json'), 'utf8'))
    expect(config).toMatchObject({ architectures: ['BertModel'] })

    const inputs = [{ text: 'great film' }, { text: 'dull and far too long' }]
    const own = await call('predictions.predict', {
      predictor: { kind: 'run', run: run.id },
      inputs,
    })
    const exported = await call('predictions.predict', {
      predictor: { kind: 'folder', path: output },
      inputs,
    })
    expect(exported).toEqual(own)
  })

  it('is exported as what it is where the run chose pooling and length for itself', async () => {
    const { ready, run } = await finished({
      data: { dataset: 'reviews', maxLength: 32, trainRows: 24 },
      train: 'auto',
    })
    const { call, folder } = ready
    const cardIn = async (name: string): Promise<string> => {
      const output = join(folder, name)
      await resultOf<Artifact>(ready, call('exports.create', { run: run.id, format: 'hf', output }))
      return readFileSync(join(output, 'README.md'), 'utf8')
    }
    const path = join(folder, 'runs', run.id, 'strategy.json')
    const strategy: object = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...strategy, steps: 0 }))
    const solved = await cardIn('solved')
    expect(solved).toContain('pooled = (tokens * mask).sum(1) / mask.sum(1)')
    expect(solved).toContain('| head.pooling | checkpoint | mean |\n| train | auto | head |')
    expect(solved).not.toContain('| batch.size |')
    writeFileSync(path, JSON.stringify({ ...strategy, steps: 40, learningRate: 1e-4 }))
    const trained = await cardIn('trained')
    expect(trained).toContain('| train | auto | all |')
    expect(trained).toContain('| maxSteps | null | 40 |\n| batch.size | 32 | 16 |')
    expect(trained).toContain('| optimizer.learningRate | 0.00005 | 0.0001 |')
    const combined = [
      { from: 'pre-trained', steps: 50, learningRate: 2e-4, unlabelled: 0 },
      { from: 'weak labels, short', steps: 40, learningRate: 5e-5, unlabelled: 0 },
    ]
    writeFileSync(path, JSON.stringify({ ...strategy, steps: 0, combined }))
    const mean = await cardIn('averaged')
    expect(mean).toContain('| train | auto | all |')
    expect(mean).toContain('| maxSteps | null | 50 |\n| batch.size | 32 | 16 |')
    expect(mean).toContain('| optimizer.learningRate | 0.00005 | 0.0002 |')
    const last = { from: 'pre-trained', steps: 90, learningRate: 3e-4, unlabelled: 500 }
    writeFileSync(path, JSON.stringify({ ...strategy, steps: 0, combined: [...combined, last] }))
    const taught = await cardIn('self-trained')
    expect(taught).toContain('| maxSteps | null | 90 |')
    expect(taught).toContain('| optimizer.learningRate | 0.00005 | 0.0003 |')
  })
})
