import type { Context as KoaContext } from 'koa'
import readBody from 'raw-body'

/** Reads a small form body as a browser sends it. */
export async function readForm(ctx: KoaContext): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(ctx.req, { limit: '10kb', encoding: 'utf-8' }))
}
