import type { Point, Shape } from './scene'
import { wrapped } from './sceneText'

/** The words around a picture that stands alone on a slide. */
export interface Caption {
  readonly title: string
  /** What is drawn, of how many seeds. */
  readonly subtitle: string
  /** Where it comes from. */
  readonly note: string
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Sizes of letters and strokes, which grow with the picture. */
export interface Measures {
  readonly unit: number
  readonly title: number
  readonly text: number
  readonly small: number
}

export function measuresOf({ width }: Size): Measures {
  const unit = Math.max(1, Math.min(1.5, width / 880))
  return { unit, title: 16 * unit, text: 12 * unit, small: 11 * unit }
}

/** Title, subtitle and source, and how much room they take above and below. */
export function captionShapes(
  { title, subtitle, note }: Caption,
  { width, height }: Size,
  { unit, title: titleSize, text: textSize, small }: Measures,
): { readonly shapes: readonly Shape[]; readonly top: number; readonly bottom: number } {
  const inner = width - 32 * unit
  const lines = (
    content: string,
    size: number,
    first: number,
    look: { readonly ink: 'ink' | 'muted'; readonly weight: 400 | 600 },
  ): readonly Shape[] =>
    (content === '' ? [] : wrapped(content, size, inner)).map((text, index) => ({
      kind: 'text',
      at: { x: 16 * unit, y: first + index * size * 1.4 },
      text,
      size,
      anchor: 'start',
      ...look,
    }))
  const heading = lines(title, titleSize, 26 * unit, { ink: 'ink', weight: 600 })
  const under = 26 * unit + (heading.length - 1) * titleSize * 1.4 + textSize * 1.7
  const below = lines(subtitle, textSize, under, { ink: 'muted', weight: 400 })
  const noteLines = wrapped(note, small, inner).length
  const noteTop = height - 10 * unit - (noteLines - 1) * small * 1.4
  return {
    shapes: [...heading, ...below, ...lines(note, small, noteTop, { ink: 'muted', weight: 400 })],
    top: under + below.length * textSize * 1.4,
    bottom: height - noteTop + small * 1.4,
  }
}

export const line = (
  from: Point,
  to: Point,
  look: Omit<Extract<Shape, { kind: 'path' }>, 'kind' | 'points'>,
): Shape => ({ kind: 'path', points: [from, to], ...look })
