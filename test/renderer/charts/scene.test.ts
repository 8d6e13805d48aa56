import { describe, expect, it } from 'vitest'
import { sceneToSvg, type Scene, type Shape } from '../../../src/renderer/charts/scene'
import { seriesStyle } from '../../../src/renderer/charts/palette'
import {
  axisLabels,
  fitted,
  spread,
  textWidth,
  wrapped,
} from '../../../src/renderer/charts/sceneText'

const scene = (...shapes: readonly Shape[]): Scene => ({
  width: 100,
  height: 50,
  label: 'A & B',
  shapes,
})

describe('a picture as SVG', () => {
  it('is a document of its size on paper of the theme', () => {
    const svg = sceneToSvg(scene(), 'dark')
    expect(svg).toMatch(/^<svg xmlns="[^"]+" width="100" height="50" viewBox="0 0 100 50"/)
    expect(svg).toContain('<title>A &amp; B</title>')
    expect(svg).toContain('fill="#21201d"')
    expect(svg.endsWith('</svg>')).toBe(true)
  })

  it('draws every kind of shape', () => {
    const ink = seriesStyle(0)
    const points = [
      { x: 1, y: 2 },
      { x: 3.14159, y: 4 },
    ]
    const svg = sceneToSvg(
      scene(
        { kind: 'path', points, ink, width: 2, dash: [4, 3] },
        { kind: 'area', points, ink, opacity: 0.1 },
        { kind: 'dot', at: { x: 5, y: 6 }, radius: 3, ink, title: 'a < b' },
        { kind: 'dot', at: { x: 5, y: 6 }, radius: 3, ink, hollow: true },
        { kind: 'text', at: { x: 7, y: 8 }, text: '"x"', size: 11, ink: 'ink', anchor: 'middle' },
      ),
      'light',
    )
    expect(svg).toContain('d="M1 2L3.14 4" fill="none" stroke="#0072b2"')
    expect(svg).toContain('stroke-dasharray="4 3"')
    expect(svg).toContain('d="M1 2L3.14 4Z" fill="#0072b2" fill-opacity="0.1"')
    expect(svg).toContain('<title>a &lt; b</title>')
    expect(svg).toContain('fill="#ffffff" stroke="#0072b2"')
    expect(svg).toContain('text-anchor="middle" fill="#24211d">&quot;x&quot;</text>')
  })

  it('turns a text around its own place', () => {
    const text = { kind: 'text', text: 'y', size: 11, ink: 'muted', anchor: 'middle' } as const
    const svg = sceneToSvg(scene({ ...text, at: { x: 7, y: 8 }, turn: -90 }), 'light')
    expect(svg).toContain('transform="rotate(-90 7 8)"')
  })
})

describe('texts in a picture', () => {
  it('are wider in Chinese, bold or large', () => {
    expect(textWidth('ab', 20)).toBe(2 * textWidth('ab', 10))
    expect(textWidth('ab', 10, 600)).toBeGreaterThan(textWidth('ab', 10))
    expect(textWidth('知识', 10)).toBe(20)
  })

  it('are cut where they do not fit', () => {
    expect(fitted('short', 10, 100)).toBe('short')
    const cut = fitted('a very long name of an arm', 10, 60)
    expect(cut).toMatch(/^a very.*…$/)
    expect(textWidth(cut, 10)).toBeLessThanOrEqual(60)
    expect(fitted('abc', 10, 0)).toBe('a…')
  })

  it('break at blanks, and anywhere in Chinese', () => {
    expect(wrapped('one two three', 10, textWidth('one two', 10))).toEqual(['one two', 'three'])
    expect(wrapped('知识值多少', 10, 30)).toEqual(['知识值', '多少'])
    expect(wrapped('unbreakable', 10, 5)).toEqual(['unbreakable'])
  })

  it('have equal decimals along an axis, and a real minus', () => {
    expect(axisLabels([-0.05, 0, 0.05])).toEqual(['−0.05', '0.00', '0.05'])
    expect(axisLabels([0.7, 0.75, 0.8])).toEqual(['0.70', '0.75', '0.80'])
    expect(axisLabels([10, 20])).toEqual(['10', '20'])
    expect(axisLabels([])).toEqual([])
  })
})

describe('labels beside lines', () => {
  const bounds = [0, 100] as const

  it('stay where they are while there is room', () => {
    expect(spread([10, 50, 90], 10, bounds)).toEqual([10, 50, 90])
  })

  it('move apart around their middle, in their order', () => {
    expect(spread([50, 50], 10, bounds)).toEqual([45, 55])
    expect(spread([51, 50], 10, bounds)).toEqual([55.5, 45.5])
  })

  it('stay within bounds', () => {
    expect(spread([99, 99, 99], 10, bounds)).toEqual([80, 90, 100])
    expect(spread([0, 1], 10, bounds)).toEqual([0, 10])
  })

  it('never come closer than the distance', () => {
    const places = [...spread([12, 14, 15, 40, 41, 44, 60], 8, bounds)].sort((a, b) => a - b)
    for (const [index, place] of places.slice(1).entries()) {
      expect(place - (places[index] ?? 0)).toBeGreaterThanOrEqual(8 - 1e-9)
    }
  })
})
