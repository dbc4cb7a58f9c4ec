import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Db } from '../../src/db/knex.js'
import type { Mailer } from '../../src/mail/mailer.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { serveApp } from '../support/web.js'
import { hangUp } from './wire.js'

/** What every workspace shares by design. */
const SHARED = ['mail_pacing', 'rate_limits', 'stripe_budgets', 'trespasses']

/** The whole application over a database, a Stripe that answers what it is told to, and a neighbour. */
export interface FuzzWorld {
  readonly context: FakeContext
  readonly db: Db
  readonly url: string
  /** The one that strangers send to. */
  readonly ours: TestWorkspace
  /** Has the same ids of Stripe as `ours`, and nothing of it may change. */
  readonly neighbour: TestWorkspace
  /** What Stripe says when it is asked for an invoice. */
  stripeSays: { status: number; body: string }
  /** From now on, whatever is written outside of `ours` is noted. */
  watch(): Promise<void>
  /** What was written there since the last time. */
  trespasses(): Promise<string[]>
  /** A second later, and nothing is kept of what was logged, rung or sent. */
  moveOn(): void
  close(): Promise<void>
}

export async function openWorld(db: Db, settings: { mailWebhookSecret?: string } = {}): Promise<FuzzWorld> {
  const stripe = createServer((_, response) => {
    response.writeHead(world.stripeSays.status, { 'content-type': 'application/json' })
    response.end(world.stripeSays.body)
  })
  await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve))
  const stripeApiBase = `http://127.0.0.1:${(stripe.address() as AddressInfo).port}`
  let context!: FakeContext
  const web = await serveApp((appUrl) => {
    context = fakeContext({ db, settings: { ...settings, appUrl, stripeApiBase }, mail: forgetful })
    return context
  })
  const world: FuzzWorld = {
    context,
    db,
    url: web.url,
    ours: await aWorkspace(context),
    neighbour: await aWorkspace(context),
    stripeSays: { status: 503, body: '{}' },
    watch: () => watch(db, world.ours.id),
    async trespasses() {
      const rows = await db('trespasses').select('what')
      if (rows.length > 0) await db('trespasses').delete()
      return rows.map(({ what }) => String(what))
    },
    moveOn() {
      context.advance(1_000)
      for (const kept of [context.logged, context.said, context.outbox, context.calls, web.rung, web.rings]) {
        kept.length = 0
      }
    },
    async close() {
      hangUp()
      await web.close()
      await new Promise<void>((resolve) => {
        stripe.close(() => resolve())
        stripe.closeAllConnections()
      })
    },
  }
  return world
}

/** Takes every mail and keeps none. */
const forgetful: Mailer = {
  providerKey: 'fuzz',
  from: 'SecondLoop <mail@secondloop.example>',
  send: async (mails) => ({
    kind: 'answered',
    mails: mails.map(({ mailId }) => ({ accepted: true, providerId: `re-${mailId}` })),
  }),
  listSent: async () => ({ kind: 'not_allowed' }),
  readMailId: async () => ({ kind: 'not_allowed' }),
}

/** By triggers, which see every write whoever makes it, and forget those that are rolled back. */
async function watch(db: Db, ours: string): Promise<void> {
  await db.raw(`
    create table if not exists trespasses (what text);
    create or replace function note_trespass() returns trigger language plpgsql as
      $$ begin insert into trespasses values (tg_op || ' of ' || tg_table_name); return null; end $$`)
  const tables: { name: string; own: string | null }[] = await db('pg_class as t')
    .leftJoin('pg_attribute as a', (of) => of.on('a.attrelid', 't.oid').andOnVal('a.attname', 'workspace_id'))
    .whereRaw("t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and t.relname not like 'knex\\_%'")
    .whereNotIn('t.relname', SHARED)
    .select('t.relname as name', 'a.attname as own')
  for (const { name, own } of tables) {
    const column = name === 'workspaces' ? 'id' : own
    for (const [event, rows] of [
      ['insert', ['new']],
      ['update', ['old', 'new']],
      ['delete', ['old']],
    ] as const) {
      const theirs = column ? rows.map((row) => `${row}.${column} is distinct from '${ours}'`).join(' or ') : 'true'
      await db.raw(`create or replace trigger trespass_by_${event} after ${event} on "${name}"
        for each row when (${theirs}) execute function note_trespass()`)
    }
  }
  // As another world's watch saw this one being made.
  await db('trespasses').delete()
}
