import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, rendererFile } from '../../../src/main/platform/renderer-files'

describe('rendererFile', () => {
  it('finds the index and the files beside it', () => {
    expect(rendererFile('/pages', '/')).toMatchObject({
      path: '/pages/index.html',
      isIndex: true,
    })
    expect(rendererFile('/pages', '/assets/a%20b.js')).toMatchObject({
      path: '/pages/assets/a b.js',
      contentType: 'text/javascript; charset=utf-8',
      isIndex: false,
    })
  })

  it.each([
    '/../a.js',
    '/a/../../b.js',
    '/%2e%2e/a.js',
    '/..%5ca.js',
    '/a%00.js',
    '/%zz.js',
    '//etc/a.js',
    '/C:/a.js',
    '/.env.js',
    '/a.map',
    '/a',
  ])('finds nothing elsewhere: %s', (path) => {
    expect(rendererFile('/pages', path)).toBeNull()
  })
})

describe('contentSecurityPolicy', () => {
  it('allows scripts of the page itself alone', () => {
    const policy = contentSecurityPolicy('ws://127.0.0.1:4780')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self';/)
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:4780")
  })
})
