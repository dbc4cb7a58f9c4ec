import type Koa from 'koa'
import rawBody from 'raw-body'
import { invalid } from '../errors.js'

/** An email of 40 MB with what JSON adds to it. */
const LIMIT = '42mb'

/** The body as it was sent. */
export async function textOf(ctx: Pick<Koa.Context, 'req'>): Promise<string> {
  try {
    return await rawBody(ctx.req, { encoding: 'utf8', limit: LIMIT })
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') throw invalid('The email is larger than 40MB.')
    throw error
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('The request body is not valid JSON.')
  }
}
