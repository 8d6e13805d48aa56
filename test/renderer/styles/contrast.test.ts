import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/renderer/styles/tokens.css', 'utf8')

/** The colours that a theme's block declares. */
function coloursOf(theme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const start = css.indexOf(`[data-theme='${theme}']`)
  const block = css.slice(start, css.indexOf('}', start))
  const matches = block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)
  return new Map([...matches].map((match) => [match[1] ?? '', match[2] ?? '']))
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const surfaces = ['surface', 'surface-raised', 'surface-sunken', 'surface-hover']
const texts = ['ink', 'ink-muted', 'accent-text', 'danger', 'warning', 'info']

const textPairs: readonly (readonly [string, string])[] = [
  ...surfaces.flatMap((surface) => texts.map((text) => [text, surface] as const)),
  ...surfaces.slice(0, 3).map((surface) => ['ink-faint', surface] as const),
  ['ink', 'surface-selected'],
  ['accent-text', 'surface-selected'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['danger', 'danger-surface'],
  ['ink', 'danger-surface'],
  ['warning', 'warning-surface'],
  ['info', 'info-surface'],
  ['code-key', 'surface-raised'],
  ['code-value', 'surface-raised'],
  ['code-comment', 'surface-raised'],
]

const shapePairs: readonly (readonly [string, string])[] = [
  ...surfaces.slice(0, 3).map((surface) => ['focus', surface] as const),
  ...surfaces.slice(0, 3).map((surface) => ['border-strong', surface] as const),
  ['accent', 'surface-raised'],
]

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const colours = coloursOf(theme)
  const colour = (name: string): string => {
    const value = colours.get(name)
    if (value === undefined) throw new Error(`tokens.css declares no --${name} for ${theme}.`)
    return value
  }

  it.each(textPairs)('text in %s on %s has a contrast of at least 4.5', (text, surface) => {
    expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(shapePairs)('%s on %s has a contrast of at least 3', (shape, surface) => {
    expect(contrast(colour(shape), colour(surface))).toBeGreaterThanOrEqual(3)
  })
})

describe('the two themes', () => {
  it('declare the same colours', () => {
    expect([...coloursOf('dark').keys()].sort()).toEqual([...coloursOf('light').keys()].sort())
  })
})
