import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Context as KoaContext, Middleware } from 'koa'

/** A file that browsers load. */
export interface SourceFile {
  /** Below the prefix, such as `fonts/inter.woff2`. */
  readonly name: string
  readonly bytes: Buffer
}

/** Files whose addresses carry a hash of what is in them: browsers keep each for ever, and a changed one is another. */
export interface StaticFiles {
  /**
   * The address of a file.
   * @throws RangeError when there is none of this name
   */
  href(name: string): string
  /** Answers for its files, compressed as the browser can take it, and leaves everything else to whoever comes next. */
  readonly serve: Middleware
}

type Encoding = 'br' | 'gzip' | 'identity'

interface Served {
  readonly type: string
  readonly etag: string
  /** Compressed once, when first asked for. */
  bytesAs(encoding: Encoding): Promise<Buffer>
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const IS_COMPRESSED: readonly string[] = ['.png', '.woff2']
const A_YEAR_S = 31_536_000
const AN_HOUR_S = 3_600
/** Nearly as small as the highest, in a tenth of the time. */
const QUALITY = 9

/** All files of a folder and those below it that are of a kind that browsers load. */
export function filesIn(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return { name: relative(folder, path).split(sep).join('/'), bytes: readFileSync(path) }
    })
}

/**
 * @param prefix begins and ends with a slash
 * @param files relative addresses in style sheets may name each other, but no style sheet
 * @param keepNames for files that name each other in ways of their own: they are asked for again after an hour
 */
export function staticFiles(
  prefix: string,
  files: readonly SourceFile[],
  { keepNames = false }: { readonly keepNames?: boolean } = {},
): StaticFiles {
  const hrefs = new Map<string, string>()
  const served = new Map<string, Served>()
  const add = ({ name, bytes }: SourceFile) => {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    const extension = extname(name)
    const href = keepNames ? prefix + name : `${prefix}${name.slice(0, -extension.length)}.${hash}${extension}`
    hrefs.set(name, href)
    served.set(href, asServed(bytes, extension, hash))
  }
  const isStyle = ({ name }: SourceFile) => name.endsWith('.css')
  for (const file of files.filter((each) => !isStyle(each))) add(file)
  for (const { name, bytes } of files.filter(isStyle)) {
    const text = bytes.toString().replace(/url\("?([^")]+)"?\)/g, (whole, target: string) => {
      const href = hrefs.get(target)
      return href ? `url("${href}")` : whole
    })
    add({ name, bytes: Buffer.from(text) })
  }
  return {
    href(name) {
      const href = hrefs.get(name)
      if (!href) throw new RangeError(`There is no file ${name}`)
      return href
    },
    async serve(ctx, next) {
      const file = served.get(ctx.path)
      if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
      ctx.set('Cache-Control', keepNames ? `public, max-age=${AN_HOUR_S}` : `public, max-age=${A_YEAR_S}, immutable`)
      await answer(ctx, file)
    },
  }
}

function asServed(bytes: Buffer, extension: string, etag: string): Served {
  const kept = new Map<Encoding, Promise<Buffer>>()
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    etag: `W/"${etag}"`,
    bytesAs(encoding) {
      const wanted = IS_COMPRESSED.includes(extension) ? 'identity' : encoding
      const known = kept.get(wanted) ?? compress(bytes, wanted)
      kept.set(wanted, known)
      return known
    },
  }
}

function compress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(bytes)
  if (encoding === 'identity') return Promise.resolve(bytes)
  return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } })
}

async function answer(ctx: KoaContext, file: Served): Promise<void> {
  ctx.set('ETag', file.etag)
  ctx.vary('Accept-Encoding')
  ctx.status = 200
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  const encoding = (ctx.acceptsEncodings('br', 'gzip', 'identity') || 'identity') as Encoding
  const bytes = await file.bytesAs(encoding)
  if (encoding !== 'identity' && bytes !== (await file.bytesAs('identity'))) ctx.set('Content-Encoding', encoding)
  ctx.type = file.type
  ctx.body = bytes
}
