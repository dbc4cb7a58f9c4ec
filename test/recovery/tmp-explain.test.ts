import { expect, it } from '@jest/globals'
import { HUMAN_REASONS } from '../../src/domain/needs-human.js'
import { countNeedsHuman, needsHuman } from '../../src/db/queries/needs-human.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'

const { db } = useDatabase()
it('explains', async () => {
  const context = fakeContext({ db })
  const w = await aWorkspace(context)
  const others = [await aWorkspace(context), await aWorkspace(context)]
  for (const [ws, n, open] of [[w, 100000, 2000], [others[0]!, 20000, 1000]] as const) {
    await db.raw(`insert into recovery_cases (workspace_id, connection_id, stripe_invoice_id, stripe_customer_id, stripe_subscription_id, customer_name, customer_email,
      decline_class, attempt_count, next_attempt_at, currency, exposure, amount_remaining, open, recovered, invoice_status, failed_at, received_at, opened_at, as_of, closed_at, outcome, link_token_hash, link_token_sealed, pinned_at)
     select ?, ?, 'in_' || n || ?, 'cus_' || n, 'sub_' || n, 'C ' || n, case when n % 50 > 0 then 'c' || n || '@x.example' end, 'card', 1,
       case when n % 3 = 0 then now() + interval '1 day' end, 'usd', 1000, 1000, case when n <= ? then 1000 else 0 end, case when n <= ? then 0 else 1000 end,
       case when n <= ? then 'open' else 'paid' end, now() - interval '20 days', now() - interval '20 days', now() - interval '20 days', now(),
       case when n <= ? then null else now() end, case when n <= ? then null else 'recovered' end, md5(n || ?), repeat('x', 120),
       case when n % 500 = 0 then now() end
     from generate_series(1, ?) n`, [ws.id, ws.connectionId, ws.id, open, open, open, open, open, ws.id, n])
    await db.raw(`insert into deliveries (id, workspace_id, provider_key, idempotency_key, fixed_at, lease_until, answered_at)
      select gen_random_uuid(), ?, 'k', gen_random_uuid(), now(), now(), now() from generate_series(1, 2000)`, [ws.id])
    await db.raw(`insert into mails (workspace_id, delivery_id, position, to_address, from_address, reply_to, subject, content_sealed, accepted_at)
      select workspace_id, id, p, 'a', 'b', 'c', 'd', repeat('x', 300), now() from deliveries, generate_series(0, 99) p where workspace_id = ?`, [ws.id])
    await db.raw(`insert into touches (workspace_id, case_id, step, due_at, sent_at, mail_id)
      select c.workspace_id, c.id, s, now(), now() - interval '9 days', (select id from mails where workspace_id = ? limit 1) from recovery_cases c, generate_series(0, 3) s where c.workspace_id = ?`, [ws.id, ws.id])
    await db.raw(`insert into case_entries (workspace_id, case_id, kind, key, at, detail)
      select workspace_id, id, k, '', now(), '{}' from recovery_cases, unnest(array['charge_failed','mail_accepted','card_changed','recovered','link_opened']) k where workspace_id = ?`, [ws.id])
    await db.raw(`insert into suppressions (workspace_id, address, reason, suppressed_at) select ?, 'c' || n || '@x.example', 'bounced', now() from generate_series(1, 100000, 40) n`, [ws.id])
    await db.raw(`insert into case_reversals (workspace_id, case_id, key, kind, amount, as_of, is_final) select workspace_id, id, 'k', case when random() < 0.05 then 'dispute' else 'refund' end, 10, now(), random() < 0.9 from recovery_cases where workspace_id = ? and random() < 0.1`, [ws.id])
    await db.raw(`insert into card_payments (workspace_id, case_id, payment_method_id, card, occasion, idempotency_key, planned_at, answered_at, result, tries, first_tried_at)
      select workspace_id, id, 'pm', 'c', 'card_changed', 'k', now(), now(), (array['paid','declined','not_allowed','authentication'])[1 + floor(random() * 4)], 1, now() from recovery_cases where workspace_id = ? and random() < 0.3`, [ws.id])
  }
  await db.raw('analyze')
  const scope = { workspaceId: w.id, connectionId: w.connectionId, now: new Date() }
  for (let i = 0; i < 3; i++) {
    let t = Date.now()
    const rows = await needsHuman(db, scope, 6)
    const a = Date.now() - t
    t = Date.now()
    const count = await countNeedsHuman(db, scope)
    console.log(rows.length, a, 'ms', count, Date.now() - t, 'ms')
  }
  const raw = db.raw.bind(db)
  const spy = ({ raw: async (sql: string, b: any) => { const r = await raw('explain (analyze, buffers) ' + sql, b); console.log(r.rows.map((x: any) => x['QUERY PLAN']).join('\n')); return { rows: [] } } }) as any
  await needsHuman(spy, scope, 6)
  expect(HUMAN_REASONS.length).toBeGreaterThan(0)
}, 200_000)
