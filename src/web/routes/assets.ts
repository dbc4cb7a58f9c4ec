import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import Router from '@koa/router'

const FOLDER = fileURLToPath(new URL('../assets/', import.meta.url))
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.js': 'text/javascript; charset=utf-8',
}

/** `GET /assets/*`: the few files that pages load, read once. */
export function assetRoutes(): Router {
  const assets = new Map(
    readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        const bytes = readFileSync(path)
        const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`
        return [relative(FOLDER, path), { bytes, etag, type: TYPES[extname(entry.name)] ?? '' }]
      }),
  )
  const router = new Router()
  // Browsers ask for it on their own; customers' pages carry nobody's mark.
  router.get('/favicon.ico', (ctx) => {
    ctx.status = 204
  })
  return router.get('/assets/*path', (ctx) => {
    const asset = assets.get(ctx.path.slice('/assets/'.length))
    if (!asset) return ctx.throw(404)
    ctx.set('Cache-Control', 'public, max-age=600')
    ctx.set('ETag', asset.etag)
    ctx.status = 200
    if (ctx.fresh) {
      ctx.status = 304
      return
    }
    ctx.type = asset.type
    ctx.body = asset.bytes
  })
}
