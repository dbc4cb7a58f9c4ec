import { createHash } from 'node:crypto'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Context } from '../context.js'

const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S

/** How often somebody may try, over all processes. */
const LIMITS = {
  /** Links asked for one address: each is a mail to somebody who may not have wanted it. */
  'link-address': { points: 5, duration: HOUR_S },
  'link-client': { points: 20, duration: HOUR_S },
  /** Links tried from one client. */
  'verify-client': { points: 60, duration: 10 * MINUTE_S },
  /** A workspace's questions to Stripe about a key: each is a dozen calls. */
  'stripe-workspace': { points: 30, duration: 10 * MINUTE_S },
  /** Senders that an owner wants to connect: each may be a mail. */
  'connect-sender': { points: 10, duration: HOUR_S },
  /** Questions to the mail provider about a sender. */
  'check-sender': { points: 30, duration: HOUR_S },
  /** Mails that an owner sends to try them. */
  'test-mail': { points: 30, duration: HOUR_S },
  /** Files that a workspace's owner downloads: each reads all that there is. */
  download: { points: 60, duration: HOUR_S },
  /** Addresses that an owner wants confirmed: each is a mail to somebody. */
  'confirm-owner': { points: 5, duration: HOUR_S },
} as const

export type Limit = keyof typeof LIMITS

/**
 * Takes one of the tries that are left.
 *
 * @param who what is counted by, such as an address; only its hash is stored
 * @returns seconds to wait, when there is none left
 */
export async function takeTry({ db }: Pick<Context, 'db'>, limit: Limit, who: string): Promise<number | null> {
  const limiter = new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: limit,
    ...LIMITS[limit],
  })
  try {
    await limiter.consume(createHash('sha256').update(who).digest('base64url'))
    return null
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.ceil(error.msBeforeNext / 1_000)
    throw error
  }
}
