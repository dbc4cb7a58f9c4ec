import { isUtf8 } from 'node:buffer'
import type { Context as KoaContext } from 'koa'
import readBody from 'raw-body'

const LIMIT = '1mb'

/** Why the body of a webhook was not read, as an answer. */
export interface Unread {
  readonly status: number
  readonly reason: string
}

/** The body of a webhook, byte for byte as it was signed. UTF-8 as all JSON is: nothing else could be stored as text. */
export async function readRawBody(ctx: KoaContext): Promise<Buffer | Unread> {
  try {
    const body = await readBody(ctx.req, { length: ctx.get('Content-Length') || null, limit: LIMIT })
    return isUtf8(body) ? body : { status: 400, reason: 'The body is not UTF-8' }
  } catch (error) {
    const isTooLarge = (error as { status?: number }).status === 413
    return isTooLarge
      ? { status: 413, reason: 'An event larger than 1 MiB' }
      : { status: 400, reason: 'The body was cut off' }
  }
}

/** Answers a machine, in words for whoever reads its log. */
export function refuse(ctx: KoaContext, status: number, words: string): void {
  ctx.status = status
  ctx.type = 'text'
  ctx.body = words
}
