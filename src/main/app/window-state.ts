import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeFileAtomic } from '../platform/atomic'
import { systemCodeOf } from '../platform/files'

const rectangle = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() })
const stateSchema = rectangle.extend({ maximized: z.boolean() })

export type Rectangle = z.output<typeof rectangle>
export type WindowState = z.output<typeof stateSchema>

export const defaultSize = { width: 1280, height: 800 } as const
export const leastSize = { width: 960, height: 640 } as const

/** The window as it was last; null the first time or when the file was damaged. */
export function readWindowState(path: string): WindowState | null {
  try {
    const state = stateSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return state.success ? state.data : null
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

export const writeWindowState = (path: string, state: WindowState): Promise<void> =>
  writeFileAtomic(path, JSON.stringify(state))

/**
 * Where a window opens: as it was, at most as large as the screen it is on; with the default size
 * in the middle where that screen is gone.
 */
export function placeOnScreens(
  state: WindowState | null,
  screens: readonly Rectangle[],
): Partial<Rectangle> & { readonly width: number; readonly height: number } {
  const screen = state === null ? undefined : screens.find((each) => overlaps(each, state))
  if (state === null || screen === undefined) return defaultSize
  const width = Math.max(leastSize.width, Math.min(state.width, screen.width))
  const height = Math.max(leastSize.height, Math.min(state.height, screen.height))
  return {
    width,
    height,
    x: Math.max(screen.x, Math.min(state.x, screen.x + screen.width - width)),
    y: Math.max(screen.y, Math.min(state.y, screen.y + screen.height - height)),
  }
}

/** Whether enough of a window's title is on a screen to be caught with the mouse. */
function overlaps(screen: Rectangle, window: Rectangle): boolean {
  const left = Math.max(screen.x, window.x)
  const right = Math.min(screen.x + screen.width, window.x + window.width)
  return right - left >= 100 && window.y >= screen.y && window.y < screen.y + screen.height - 40
}
