import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../src/shared/yaml'

describe('a YAML text', () => {
  it('is plain data with the lines of its parts', () => {
    const { value, errors, lineOf } = parseYaml('a: 1\nb:\n  - x\n  - { c: no }\n')
    expect(value).toEqual({ a: 1, b: ['x', { c: 'no' }] })
    expect(errors).toEqual([])
    expect(lineOf(['a'])).toBe(1)
    expect(lineOf(['b', 1, 'c'])).toBe(4)
    expect(lineOf(['b', '1'])).toBe(4)
    expect(lineOf(['b', 1, 'missing'])).toBe(4)
    expect(lineOf(['missing'])).toBeNull()
  })

  it('has the section of what is not written down on the line of its name', () => {
    const { lineOf } = parseYaml('model: m\ndata:\n  dataset: d\n')
    expect(lineOf(['data', 'maxLength'])).toBe(2)
    expect(lineOf(['data', 'dataset'])).toBe(3)
  })

  it('is told with its line when it is none', () => {
    expect(parseYaml('a: 1\na: 2\n')).toMatchObject({
      value: undefined,
      errors: [{ line: 2, message: 'Map keys must be unique' }],
    })
    expect(parseYaml('a: 1\n---\nb: 2\n').errors).toHaveLength(1)
    const flood = `a: &a [x]\n${Array.from({ length: 200 }, (_, at) => `k${at}: *a`).join('\n')}\n`
    expect(parseYaml(flood).errors[0]?.message).toMatch(/alias/i)
  })
})
