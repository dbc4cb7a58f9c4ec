import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import Koa from 'koa'
import { staticFiles } from '../src/static-files.js'

const STYLE = `.panel { src: url("fonts/inter.woff2"); background: url(elsewhere.png) } ${'.rule {} '.repeat(500)}`
const FONT = Buffer.from('a font, compressed already')
const files = staticFiles('/assets/', [
  { name: 'panel.css', bytes: Buffer.from(STYLE) },
  { name: 'fonts/inter.woff2', bytes: FONT },
])

describe('static files', () => {
  let server: Server
  let origin: string
  beforeAll(async () => {
    server = createServer(new Koa().use(files.serve).callback())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
  })

  /** As it comes over the wire. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
      request(`${origin}${path}`, { headers, method }, async (answer) => {
        const body = Buffer.concat(await answer.toArray())
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
        .on('error', reject)
        .end()
    })

  it('are named after what is in them, and kept for ever', async () => {
    expect(files.href('panel.css')).toMatch(/^\/assets\/panel\.[0-9a-f]{12}\.css$/)
    const { headers, body } = await ask(files.href('panel.css'))
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/css; charset=utf-8')
    expect(headers['content-encoding']).toBeUndefined()
    expect(body.toString()).toContain('.panel')
  })

  it('get another name when they change, or when what a style sheet names does', () => {
    const other = staticFiles('/assets/', [
      { name: 'panel.css', bytes: Buffer.from(STYLE) },
      { name: 'fonts/inter.woff2', bytes: Buffer.from('another font') },
    ])
    expect(other.href('fonts/inter.woff2')).not.toBe(files.href('fonts/inter.woff2'))
    expect(other.href('panel.css')).not.toBe(files.href('panel.css'))
  })

  it('find each other from a style sheet', async () => {
    const { body } = await ask(files.href('panel.css'))
    expect(body.toString()).toContain(`url("${files.href('fonts/inter.woff2')}")`)
    expect(body.toString()).toContain('url(elsewhere.png)')
  })

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('come as %s to whoever takes it', async (encoding, decompress) => {
    const { headers, body } = await ask(files.href('panel.css'), { 'Accept-Encoding': encoding })
    expect([headers['content-encoding'], headers.vary]).toEqual([encoding, 'Accept-Encoding'])
    expect(body.length).toBeLessThan(STYLE.length / 5)
    expect(decompress(body).toString()).toContain('.panel')
  })

  it('are not compressed twice', async () => {
    const { headers, body } = await ask(files.href('fonts/inter.woff2'), { 'Accept-Encoding': 'br' })
    expect(headers['content-encoding']).toBeUndefined()
    expect(body).toEqual(FONT)
  })

  it('need not come again where they are known', async () => {
    const { headers } = await ask(files.href('panel.css'))
    expect((await ask(files.href('panel.css'), { 'If-None-Match': String(headers.etag) })).status).toBe(304)
  })

  it('are no others, and take no other method', async () => {
    for (const path of ['/assets/panel.css', '/assets/', '/assets/../package.json', '/assets/constructor', '/'])
      expect((await ask(path)).status).toBe(404)
    expect((await ask(files.href('panel.css'), {}, 'POST')).status).toBe(404)
    expect(() => files.href('../secret')).toThrow(RangeError)
    expect(() => files.href('constructor')).toThrow(RangeError)
  })
})
