import { describe, expect, it } from 'vitest'
import { cacheFolder, cachePaths } from '../../scripts/setup/paths.mjs'

describe('the cache folder', () => {
  it('is where GRAFTBENCH_CACHE says', () => {
    const env = { GRAFTBENCH_CACHE: '/elsewhere', XDG_CACHE_HOME: '/xdg' }
    expect(cacheFolder(env, 'linux', '/home/ada')).toBe('/elsewhere')
  })

  it('follows XDG_CACHE_HOME, which has to be absolute', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/xdg' }, 'linux', '/home/ada')).toBe('/xdg/graftbench')
    expect(cacheFolder({ XDG_CACHE_HOME: 'xdg' }, 'linux', '/home/ada')).toBe(
      '/home/ada/.cache/graftbench',
    )
  })

  it('is the usual place of each platform', () => {
    expect(cacheFolder({}, 'linux', '/home/ada')).toBe('/home/ada/.cache/graftbench')
    expect(cacheFolder({}, 'darwin', '/Users/ada')).toBe('/Users/ada/Library/Caches/graftbench')
    expect(cacheFolder({ LOCALAPPDATA: 'C:\\Local' }, 'win32', 'C:\\Users\\ada')).toBe(
      'C:\\Local\\graftbench\\cache',
    )
    expect(cacheFolder({}, 'win32', 'C:\\Users\\ada')).toBe(
      'C:\\Users\\ada\\AppData\\Local\\graftbench\\cache',
    )
  })

  it('holds everything that set-up keeps', () => {
    for (const place of Object.values(cachePaths('/cache'))) expect(place).toMatch(/^\/cache/)
  })
})
