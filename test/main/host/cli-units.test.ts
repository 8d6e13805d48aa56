import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../../src/main/host/cli/exit'
import {
  formatBytes,
  formatMetric,
  formatSeconds,
  shorten,
} from '../../../src/main/host/cli/format'
import { createOutput } from '../../../src/main/host/cli/output'
import { setInRecipe } from '../../../src/main/host/cli/set'
import { formatTable } from '../../../src/main/host/cli/table'

describe('setInRecipe', () => {
  const recipe = { model: 'm', data: { dataset: 'd' } }

  it('reads values as YAML and keeps what is beside them', () => {
    expect(setInRecipe(recipe, 'optimizer.learningRate=1e-4')).toEqual({
      ...recipe,
      optimizer: { learningRate: 1e-4 },
    })
    expect(setInRecipe(recipe, 'data.maxLength=64')).toEqual({
      model: 'm',
      data: { dataset: 'd', maxLength: 64 },
    })
    expect(setInRecipe(recipe, 'clip=null')).toHaveProperty('clip', null)
    expect(setInRecipe(recipe, 'name=a=b')).toHaveProperty('name', 'a=b')
  })

  it('replaces a word by a mapping where the recipe has both', () => {
    expect(setInRecipe({ ...recipe, train: 'all' }, 'train.lastLayers=2')).toHaveProperty('train', {
      lastLayers: 2,
    })
  })

  it.each(['learningRate=1', 'optimizer.lr=1', 'epochs.many=1', 'constructor=1', '__proto__.a=1'])(
    'refuses a path that no recipe has: %s',
    (assignment) => {
      expect(() => setInRecipe(recipe, assignment)).toThrow(/has (no fields|the fields)/)
    },
  )

  it.each(['epochs', '=1', 'epochs=[1'])('refuses what is no assignment: %s', (assignment) => {
    expect(() => setInRecipe(recipe, assignment)).toThrow(/--set/)
  })
})

describe('exitCodeOf', () => {
  it('tells wrong input from what failed', () => {
    expect(exitCodeOf('data.columnUnknown')).toBe(2)
    expect(exitCodeOf('notFound')).toBe(2)
    expect(exitCodeOf('serve.portInUse')).toBe(1)
    expect(exitCodeOf('disk.full')).toBe(1)
    expect(exitCodeOf('trainer.crashed')).toBe(1)
  })
})

describe('numbers for people', () => {
  it('have units and no more digits than they can carry', () => {
    expect(formatSeconds(3.14)).toBe('3.1 s')
    expect(formatSeconds(125)).toBe('2 min 5 s')
    expect(formatSeconds(7300)).toBe('2 h 1 min')
    expect(formatBytes(999)).toBe('999 B')
    expect(formatBytes(1_234_567)).toBe('1.2 MB')
    expect(formatMetric(0.85314)).toBe('0.8531')
    expect(formatMetric(5e-5)).toBe('5.00e-5')
    expect(formatMetric(3)).toBe('3')
  })
})

describe('formatTable', () => {
  it('aligns columns and leaves empty ones out', () => {
    const rows = [
      { name: 'a', steps: 5, note: '' },
      { name: 'long', steps: 1000, note: '' },
    ]
    expect(
      formatTable(
        [
          { title: 'Name', of: ({ name }) => name },
          { title: 'Note', of: ({ note }) => note },
          { title: 'Steps', align: 'right', of: ({ steps }) => String(steps) },
        ],
        rows,
      ),
    ).toEqual(['Name  Steps', 'a         5', 'long   1000'])
  })
})

describe('texts that take two columns a character', () => {
  it('stand below each other in a table', () => {
    const names = ['情感词典', 'valence', 'crème']
    const lines = formatTable(
      [
        { title: 'Name', of: (name: string) => name },
        { title: 'Rows', align: 'right', of: () => '7' },
      ],
      names,
    )
    expect(lines).toEqual(['Name      Rows', '情感词典     7', 'valence      7', 'crème        7'])
  })

  it('are cut where the columns end, never within a character', () => {
    expect(shorten('情感词典', 8)).toBe('情感词典')
    expect(shorten('情感词典', 7)).toBe('情感词…')
    expect(shorten('情感词典', 6)).toBe('情感…')
    expect(shorten('ab👩‍👩‍👧cd', 5)).toBe('ab👩‍👩‍👧…')
  })
})

describe('createOutput', () => {
  const collect = () => {
    const written: string[] = []
    return { written, write: (text: string) => void written.push(text) }
  }

  it('writes one JSON object a line, the error last', () => {
    const stdout = collect()
    const output = createOutput(true, { stdout, stderr: collect() })
    output.lines('for people')
    output.event('job.changed', { job: 1 })
    output.error({ code: 'disk.full', message: 'The disk is full.' })
    expect(stdout.written.map((line) => JSON.parse(line))).toEqual([
      { event: 'job.changed', job: 1 },
      { error: { code: 'disk.full', message: 'The disk is full.' } },
    ])
  })

  it('rewrites one progress line on a terminal and clears it before other words', () => {
    const stdout = collect()
    const stderr = { ...collect(), isTTY: true, columns: 30 }
    const output = createOutput(false, { stdout, stderr })
    output.progress('step 1')
    output.progress('step 1')
    output.progress('step 2')
    output.lines('done')
    expect(stderr.written).toEqual(['\r\x1b[2Kstep 1', '\r\x1b[2Kstep 2', '\r\x1b[2K'])
    expect(stdout.written).toEqual(['done\n'])
  })

  it('writes a plain progress line every five seconds into a file', () => {
    let now = 0
    const stderr = collect()
    const output = createOutput(false, { stdout: collect(), stderr }, () => now)
    output.progress('step 1')
    now = 4000
    output.progress('step 2')
    now = 5000
    output.progress('step 3')
    expect(stderr.written).toEqual(['step 1\n', 'step 3\n'])
  })
})
