import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  placeOnScreens,
  readWindowState,
  writeWindowState,
} from '../../../src/main/app/window-state'

const screen = { x: 0, y: 0, width: 1920, height: 1080 }
const state = { x: 100, y: 50, width: 1400, height: 900, maximized: false }

describe('placeOnScreens', () => {
  it('opens a window where it was', () => {
    expect(placeOnScreens(state, [screen])).toEqual({ x: 100, y: 50, width: 1400, height: 900 })
  })

  it('opens with the default size where nothing is known or the screen is gone', () => {
    expect(placeOnScreens(null, [screen])).toEqual({ width: 1280, height: 800 })
    expect(placeOnScreens({ ...state, x: 3000 }, [screen])).toEqual({ width: 1280, height: 800 })
  })

  it('fits a window onto a smaller screen, but never below its least size', () => {
    const small = { x: 0, y: 0, width: 1000, height: 600 }
    expect(placeOnScreens(state, [small])).toMatchObject({ width: 1000, height: 640, x: 0 })
  })
})

describe('readWindowState', () => {
  it('gives back what was written, and nothing for a damaged file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'graftbench-'))
    const path = join(folder, 'window.json')
    expect(readWindowState(path)).toBeNull()
    await writeWindowState(path, state)
    expect(readWindowState(path)).toEqual(state)
    await writeFile(path, '{"x":')
    expect(readWindowState(path)).toBeNull()
    await writeFile(path, '{"x":"0"}')
    expect(readWindowState(path)).toBeNull()
    await rm(folder, { recursive: true })
  })
})
