import type { SeriesStyle } from './palette'

/*
 * A picture as a list of shapes: worked out once, drawn on the screen by ScenePicture.svelte and
 * written to a file by `sceneToSvg`, so that what a person saves is what they saw.
 */

export interface Point {
  readonly x: number
  readonly y: number
}

/** A colour by its meaning, or the colour of a series. */
export type Ink = 'ink' | 'muted' | 'hairline' | 'paper' | SeriesStyle

export type Weight = 400 | 500 | 600

export type Shape =
  | {
      readonly kind: 'path'
      readonly points: readonly Point[]
      readonly ink: Ink
      readonly width: number
      readonly dash?: readonly number[]
    }
  | {
      readonly kind: 'area'
      readonly points: readonly Point[]
      readonly ink: Ink
      readonly opacity: number
    }
  | {
      readonly kind: 'dot'
      readonly at: Point
      readonly radius: number
      readonly ink: Ink
      /** Filled with the paper. */
      readonly hollow?: boolean
      /** Shown while the cursor rests on it. */
      readonly title?: string
    }
  | {
      readonly kind: 'text'
      readonly at: Point
      readonly text: string
      readonly size: number
      readonly ink: Ink
      readonly anchor: 'start' | 'middle' | 'end'
      readonly weight?: Weight
      /** Set off from what lies below by a seam of paper. */
      readonly halo?: boolean
      /** Degrees, clockwise, around its own place. */
      readonly turn?: number
    }

/** Width and height are in CSS pixels, as all places and sizes of its shapes. */
export interface Scene {
  readonly width: number
  readonly height: number
  /** What the picture says, for those who do not see it. */
  readonly label: string
  readonly shapes: readonly Shape[]
}

export type Theme = 'light' | 'dark'

const inks: Readonly<Record<Theme, Readonly<Record<Extract<Ink, string>, string>>>> = {
  light: { paper: '#ffffff', ink: '#24211d', muted: '#645e55', hairline: '#e4e0d9' },
  dark: { paper: '#21201d', ink: '#ece8e1', muted: '#aba499', hairline: '#3a3631' },
}

export const inkColour = (ink: Ink, theme: Theme): string =>
  typeof ink === 'string' ? inks[theme][ink] : ink[theme]

export const pathData = (points: readonly Point[]): string =>
  points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')

const round = (value: number): number => Math.round(value * 100) / 100

/** The picture as a standalone SVG document. */
export function sceneToSvg({ width, height, label, shapes }: Scene, theme: Theme): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="'Inter Variable', Inter, system-ui, sans-serif">`,
    `<title>${escape(label)}</title>`,
    `<rect width="100%" height="100%" fill="${inkColour('paper', theme)}"/>`,
    ...shapes.map((shape) => shapeToSvg(shape, theme)),
    '</svg>',
  ].join('\n')
}

function shapeToSvg(shape: Shape, theme: Theme): string {
  const colour = inkColour(shape.ink, theme)
  switch (shape.kind) {
    case 'path': {
      const dash = shape.dash?.length ? ` stroke-dasharray="${shape.dash.join(' ')}"` : ''
      return `<path d="${pathData(shape.points)}" fill="none" stroke="${colour}" stroke-width="${shape.width}" stroke-linejoin="round"${dash}/>`
    }
    case 'area':
      return `<path d="${pathData(shape.points)}Z" fill="${colour}" fill-opacity="${shape.opacity}"/>`
    case 'dot': {
      const { at, radius, hollow, title } = shape
      const fill = hollow === true ? inkColour('paper', theme) : colour
      const name = title === undefined ? '' : `<title>${escape(title)}</title>`
      return `<circle cx="${round(at.x)}" cy="${round(at.y)}" r="${radius}" fill="${fill}" stroke="${colour}" stroke-width="1.5">${name}</circle>`
    }
    case 'text': {
      const { at, size, anchor, weight = 400, turn, text, halo } = shape
      const seam =
        halo === true
          ? ` paint-order="stroke" stroke="${inkColour('paper', theme)}" stroke-width="4"`
          : ''
      const [x, y] = [round(at.x), round(at.y)]
      const turned = turn === undefined ? '' : ` transform="rotate(${turn} ${x} ${y})"`
      return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}"${seam}${turned}>${escape(text)}</text>`
    }
  }
}

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
