import type Koa from 'koa'
import type { Random } from './random.js'

/**
 * - `status`: answers so without acting
 * - `drop`: cuts the connection without acting
 * - `hang`: never answers and does not act; `hang-after` acts and never answers
 * - `cut`: acts, then cuts the connection without a word (the hard case)
 * - `reset`: acts, sends half the body, then resets the connection
 * - `slow`: waits `ms`, then acts
 */
type FaultKind = 'status' | 'drop' | 'hang' | 'hang-after' | 'cut' | 'reset' | 'slow'

export interface Fault {
  /** Such as `POST /v1/invoices/:id/pay`: `:id` stands for one part of the path, `*` for anything. */
  readonly route: string
  readonly kind: FaultKind
  /** Lets so many matching calls pass first. */
  readonly skip?: number
  /** Of matching calls, from 0 to 1. All of them when absent. */
  readonly share?: number
  /** Hits this many calls, then heals. */
  readonly count?: number
  /** For `status`; 500 when absent. */
  readonly status?: number
  /** For `status`: the name of the error, where the API has several for one status. */
  readonly error?: string
  /** For `status`: seconds in the `retry-after` header. */
  readonly retryAfter?: number
  /** For `slow`. */
  readonly ms?: number
}

interface Rule {
  readonly fault: Fault
  readonly pattern: RegExp
  readonly random: Random
  /** Calls that it was asked about. */
  matches: number
  hits: number
}

/** What befalls a call; undefined leaves it to the rules. */
type Decision = (method: string, path: string) => Fault | undefined

/** Faults on demand, in front of a simulator's API. What a rule hits depends on the calls to its own route alone. */
export class Faults {
  readonly #random: Random
  #decide: Decision | undefined
  #rules: Rule[] = []
  /** How often each kind of fault was added for a route. */
  readonly #added = new Map<string, number>()

  constructor(random: Random) {
    this.#random = random
  }

  /** The latest rule is asked first. Gives a function that takes it back. */
  add(fault: Fault): () => void {
    const pattern = fault.route
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace(/\*/g, '.*')
    const name = `${fault.route} ${fault.kind}`
    const number = (this.#added.get(name) ?? 0) + 1
    this.#added.set(name, number)
    const random = this.#random.fork(`${name} ${number}`)
    const rule: Rule = { fault, pattern: new RegExp(`^${pattern}$`), random, matches: 0, hits: 0 }
    this.#rules.unshift(rule)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule)
    }
  }

  clear(): void {
    this.#rules = []
  }

  /** Asked at every call, before the rules are. Gives a function that takes it back. */
  decideBy(decide: Decision): () => void {
    this.#decide = decide
    return () => {
      this.#decide = undefined
    }
  }

  list(): readonly { readonly fault: Fault; readonly matches: number; readonly hits: number }[] {
    return this.#rules.map(({ fault, hits, matches }) => ({ fault, matches, hits }))
  }

  hit(method: string, path: string): Fault | undefined {
    const decided = this.#decide?.(method, path)
    if (decided) return decided
    const rule = this.#rules.find((candidate) => candidate.pattern.test(`${method} ${path}`) && strikes(candidate))
    return rule?.fault
  }
}

/** Rolled by the rule's own stream: whatever is called besides, a seed hits the same of its calls. */
function strikes(rule: Rule): boolean {
  const { count = Number.POSITIVE_INFINITY, share = 1, skip = 0 } = rule.fault
  rule.matches += 1
  if (rule.matches <= skip || rule.hits >= count || !rule.random.chance(share)) return false
  rule.hits += 1
  return true
}

/** What the log shows of a call that nobody acted on. */
const NO_ANSWER = 0

/** `errorBody` words a `status` fault the way this API words its errors. */
export function injectFaults(faults: Faults, errorBody: (status: number, name?: string) => unknown): Koa.Middleware {
  return async (ctx, next) => {
    const fault = faults.hit(ctx.method, ctx.path)
    if (!fault) return next()
    ctx.state.fault = fault.kind
    switch (fault.kind) {
      case 'status':
        ctx.status = fault.status ?? 500
        if (fault.retryAfter !== undefined) ctx.set('retry-after', String(fault.retryAfter))
        ctx.body = errorBody(ctx.status, fault.error)
        return
      case 'slow':
        // Waited for inside the call, so that a second call with the same idempotency key finds the first in flight.
        ctx.state.pause = fault.ms ?? 1000
        return next()
      case 'drop':
        ctx.res.statusCode = NO_ANSWER
        hangUp(ctx)
        return
      case 'hang':
        ctx.res.statusCode = NO_ANSWER
        ctx.respond = false
        return
      case 'hang-after':
        await next()
        ctx.respond = false
        return
      case 'cut':
        await next()
        hangUp(ctx)
        return
      case 'reset':
        await next()
        resetMidBody(ctx)
        return
    }
  }
}

/** Keeps a call waiting when a `slow` fault hit it. */
export async function pauseWhenSlow(ctx: Koa.Context): Promise<void> {
  if (typeof ctx.state.pause === 'number') await new Promise((resolve) => setTimeout(resolve, ctx.state.pause))
}

function hangUp(ctx: Koa.Context): void {
  ctx.respond = false
  ctx.req.socket.destroy()
}

function resetMidBody(ctx: Koa.Context): void {
  const body = Buffer.from(typeof ctx.body === 'string' ? ctx.body : JSON.stringify(ctx.body ?? ''))
  const headers = Object.fromEntries(Object.entries(ctx.response.headers).filter(([name]) => name !== 'content-length'))
  ctx.respond = false
  ctx.res.writeHead(ctx.status, { ...headers, 'content-length': body.length })
  ctx.res.write(body.subarray(0, Math.floor(body.length / 2)), () => ctx.req.socket.resetAndDestroy())
}
