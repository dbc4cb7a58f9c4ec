import type { Context as KoaContext } from 'koa'
import type { SaidWord } from '../presenters/said.js'
import { ownCookie } from './cookies.js'

/** What an action came to, on its way through the redirect to the page that says so. */
export interface Said {
  /** @param where the page that it is for: an id, or a name */
  say(ctx: KoaContext, where: string, word: SaidWord): void
  /** Once: the page that is read again no longer says it. */
  hear(ctx: KoaContext, where: string): string | null
}

/** A redirect takes no longer. */
const KEPT_MS = 60_000

/** Kept by the browser: whoever forges one hears one of our own sentences, for nothing was done. */
export function saidOnce(appUrl: string, now: () => Date): Said {
  const cookie = ownCookie(appUrl, 'said')
  return {
    say: (ctx, where, word) => cookie.write(ctx, `${where}.${word}`, new Date(now().getTime() + KEPT_MS)),
    hear(ctx, where) {
      const [place, word] = cookie.read(ctx)?.split('.') ?? []
      if (place !== where || !word) return null
      cookie.clear(ctx)
      return word
    },
  }
}
