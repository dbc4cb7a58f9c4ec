import type Koa from 'koa'
import rawBody from 'raw-body'
import { z } from 'zod'

/** What `POST /_control/<name>` runs. Gives what it answers, if anything. */
export type Command = (body: unknown) => unknown

/** A command that checks what it is given. */
export function command<S extends z.ZodType>(schema: S, run: (given: z.output<S>) => unknown): Command {
  return (body) => run(schema.parse(body))
}

/** Runs commands given as JSON or by a form; a form leads back to the page that it came from. */
export function commandRoute(commands: Readonly<Record<string, Command>>): Koa.Middleware {
  return async (ctx, next) => {
    const name = /^\/_control\/([\w-]+)$/.exec(ctx.path)?.[1] ?? ''
    const wanted = ctx.method === 'POST' ? commands[name] : undefined
    if (!wanted) return next()
    const text = await rawBody(ctx.req, { encoding: 'utf8', limit: '1mb' })
    const form = ctx.is('urlencoded') === 'urlencoded'
    try {
      const result = wanted(form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text || '{}'))
      if (form) ctx.redirect(pageBefore(ctx))
      else ctx.body = result ?? { done: true }
    } catch (error) {
      ctx.status = 400
      ctx.body = { error: error instanceof Error ? error.message : String(error) }
    }
  }
}

/** Where the form stands, or the first page. */
function pageBefore(ctx: Koa.Context): string {
  const referrer = ctx.get('referer')
  return URL.canParse(referrer) ? new URL(referrer).pathname : '/'
}

/** Drops what is undefined, for options that tell absent from undefined. */
export function withoutGaps<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> }
}

export const share = z.number().min(0).max(1)

export const nothing = z.strictObject({})

/** A form sends a number as text, and an absent one as an empty field. */
export const formNumber = z.preprocess((value) => (value === '' ? undefined : value), z.coerce.number().optional())

export const fault = z.strictObject({
  route: z.string(),
  kind: z.enum(['status', 'drop', 'hang', 'hang-after', 'cut', 'reset', 'slow']),
  skip: formNumber,
  share: share.optional(),
  count: formNumber,
  status: formNumber,
  error: z.preprocess((value) => (value === '' ? undefined : value), z.string().optional()),
  retryAfter: formNumber,
  ms: formNumber,
})

/** How webhooks fare, by share of them. */
export const deliveries = z.strictObject({
  duplicates: share.optional(),
  losses: share.optional(),
  delays: share.optional(),
  delayMs: z.number().optional(),
  shuffleMs: z.number().optional(),
  retryMs: z.array(z.number()).optional(),
})
