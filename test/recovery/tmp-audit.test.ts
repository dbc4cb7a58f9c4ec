import { spawnSync } from 'node:child_process'
import { expect, it } from '@jest/globals'
import { audit } from '../../src/recovery/audit.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'
import { aStoredCase } from '../support/stored-cases.js'

const { db, url } = useDatabase()
it('measures', async () => {
  const context = fakeContext({ db })
  const w = await aWorkspace(context)
  const at = new Date()
  const row = await aStoredCase(context, w, { seen: [{ kind: 'invoice', invoice: { asOf: at, status: 'paid', amountRemaining: 0, amountPaid: 14900, amountCredited: 0, settledAt: at, attemptCount: 2 } }], paid_by: 'retry' })
  const { rows: columns } = await db.raw(`select column_name from information_schema.columns where table_name = 'recovery_cases'`)
  const names = columns.map((c: any) => c.column_name)
  const own: Record<string, string> = { id: 'gen_random_uuid()', stripe_invoice_id: `'in_' || n`, stripe_customer_id: `'cus_' || n`, link_token_hash: `'h' || n` }
  await db.raw(`insert into recovery_cases (${names.map((n: string) => '"' + n + '"').join()}) select ${names.map((n: string) => own[n] ?? '"' + n + '"').join()} from recovery_cases, generate_series(1, 20000) n`)
  await db.raw(`insert into touches (workspace_id, case_id, step, due_at, canceled_at, reason) select workspace_id, id, s, now(), now(), 'case_closed' from recovery_cases, generate_series(0,3) s`)
  await db.raw(`insert into case_entries (workspace_id, case_id, kind, key, at, detail)
      select workspace_id, id, k, '', now(), '{}' from recovery_cases, unnest(array['charge_failed','mail_accepted','recovered','link_opened']) k`)
  await db.raw('analyze')
  const one = await RecoveryCase.query(db).first()
  const { readEvidence } = await import('../../src/recovery/evidence.js')
  let sql: any
  db.on('query', (q: any) => { if (q.sql.includes('link_opened') || q.bindings?.includes('link_opened')) sql = q })
  const t0 = Date.now()
  for (let i = 0; i < 20; i++) await readEvidence(db, one!)
  console.log((Date.now() - t0) / 20, 'ms each')
  const plan = await db.raw('explain (analyze, buffers) ' + sql.sql.replace(/\$\d+/g, '?'), sql.bindings)
  console.log(plan.rows.map((x: any) => x['QUERY PLAN']).join('\n'))
  const t = Date.now()
  const before = process.memoryUsage().heapUsed
  let n = 0
  console.log(await audit({ db }, () => void n++), n, Date.now() - t, 'ms', (process.memoryUsage().heapUsed - before) / 1e6)
  for (const open of [0, 1]) {
    if (open) await db('recovery_cases').where({ id: row.id }).update({ paid_by: 'us' })
    const run = spawnSync('node', ['--import', 'tsx', 'src/commands/audit.ts'], { env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: url, SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }, encoding: 'utf8' })
    console.log(run.status, run.stdout, run.stderr)
  }
  // by a user who may only read
  await db.raw(`do $$ begin if not exists (select from pg_roles where rolname = 'reader') then create role reader login; end if; end $$`)
  await db.raw('grant usage on schema public to reader; grant select on all tables in schema public to reader')
  const asReader = new URL(url); asReader.username = 'reader'; asReader.password = ''
  const run = spawnSync('node', ['--import', 'tsx', 'src/commands/audit.ts'], { env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: String(asReader), SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }, encoding: 'utf8' })
  console.log(run.status, run.stdout, run.stderr)
  await db.raw('drop owned by reader; drop role reader')
}, 200_000)
