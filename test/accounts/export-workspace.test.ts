import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import yauzl from 'yauzl'
import { SHEETS } from '../../src/accounts/export-sheets.js'
import { exportWorkspace } from '../../src/accounts/export-workspace.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { SEALED_COLUMNS } from '../../src/secrets/sealed-columns.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { RENEWAL, type Renewal } from '../support/invoice-shapes.js'
import nock from '../support/nock.js'
import { aStoredSender } from '../support/stored-sender.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

const database = useDatabase()
const { db } = database
let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  await db('owners').delete()
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
  stripeAnswersOnly(503)
})
afterEach(() => nock.cleanAll())

async function fail(of: TestWorkspace, overrides: Partial<Renewal> = {}) {
  const invoice = failedInvoice('2026-10-28.endive', overrides)
  await processEvent(context, await aStoredEvent(context, of, 'invoice.payment_failed', invoice))
  await deliverTouches(context, { workspaceId: of.id })
}

/** The files of the zip by name. */
async function exported(of = workspace): Promise<Map<string, string>> {
  const zip = await yauzl.fromBufferPromise(await buffer(await exportWorkspace(context, of.id)))
  const files = new Map<string, string>()
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry)
    files.set(entry.fileName, (await buffer(stream)).toString('utf8'))
  }
  return files
}
const rows = (files: Map<string, string>, name: string) => JSON.parse(files.get(`${name}.json`) ?? '')

describe('exporting a workspace', () => {
  it('has a CSV and a JSON file for each table, and says what they mean', async () => {
    const files = await exported()
    const names = SHEETS.flatMap(({ name }) => [`${name}.csv`, `${name}.json`])
    expect([...files.keys()].sort()).toEqual(['README.txt', 'workspace.json', ...names].sort())
    expect(files.get('README.txt')).toContain('minor units')
    expect(JSON.parse(files.get('workspace.json') ?? '')).toMatchObject({
      name: 'Fernhill',
      owner: workspace.owner.email,
    })
    expect(rows(files, 'cases')).toEqual([])
  })

  it('tells of a case with its timeline, touches, mail and events', async () => {
    await fail(workspace)
    const files = await exported()
    const [recoveryCase] = await RecoveryCase.query(db)

    expect(rows(files, 'cases')).toMatchObject([
      {
        id: recoveryCase?.id,
        customer_email: RENEWAL.email,
        currency: 'usd',
        exposure: RENEWAL.amount,
        opened_at: recoveryCase?.opened_at.toISOString(),
      },
    ])
    expect(rows(files, 'timeline').map((row: { kind: string }) => row.kind)).toContain('mail_accepted')
    const touches = rows(files, 'touches') as { step: number }[]
    expect(touches.toSorted((a, b) => a.step - b.step)).toMatchObject([
      { case_id: recoveryCase?.id, template: 'first_notice', mail_id: rows(files, 'mails')[0].id },
      { template: 'reminder', mail_id: null },
      { template: 'reminder', mail_id: null },
      { template: 'final_notice', mail_id: null },
    ])
    expect(rows(files, 'mails')[0].text).toContain('Fernhill')
    expect(rows(files, 'events')).toMatchObject([{ payload: { data: { object: { id: RENEWAL.id } } } }])
    expect(rows(files, 'connections')).toMatchObject([{ mode: 'test', api_key_last4: 'abcd' }])
    expect(files.get('cases.csv')).toContain(`,usd,${RENEWAL.amount},0,0,0,0,0,${RENEWAL.amount},open,`)
    expect(files.get('cases.csv')).toContain(recoveryCase?.opened_at.toISOString())
  })

  it('tells of the sender and the campaign', async () => {
    await aStoredSender(context, workspace.id)
    const step = { plan: 'card', step: 1, wait_minutes: 1_440, template: 'reminder', is_on: false }
    await db('campaign_steps').insert({ workspace_id: workspace.id, ...step })
    const files = await exported()
    expect(rows(files, 'senders')).toMatchObject([{ from_address: 'billing@fernhill.example', verified_by: 'domain' }])
    expect(rows(files, 'campaign')).toEqual([step])
  })

  it('holds no secret: no key, no signing secret, no token, no hash', async () => {
    await fail(workspace)
    const sender = await aStoredSender(context, workspace.id)
    const all = [...(await exported()).values()].join('\n')
    const link = /\/r\/([\w-]+)/.exec(context.outbox[0]?.text ?? '')?.[1] ?? 'none'
    const [recoveryCase] = await RecoveryCase.query(db)
    const secrets = [workspace.webhookToken, workspace.signingSecret, link, recoveryCase?.link_token_hash ?? ''].concat(
      [sender.webhook_token_hash, sender.provider_key],
    )
    for (const { column, table } of SEALED_COLUMNS) secrets.push(...(await db(table).pluck(column)))

    expect(secrets.length).toBeGreaterThan(8)
    for (const secret of secrets) expect(all).not.toContain(secret)
    expect(all).toContain('/r/[left out]')
  })

  it('defuses formulas in CSV cells', async () => {
    await fail(workspace, { name: '=HYPERLINK("http://evil.example","Ada")' })
    await fail(workspace, { id: 'in_2', customer: 'cus_2', name: '@SUM(1)' })
    const csv = (await exported()).get('cases.csv')
    expect(csv).toContain(`"'=HYPERLINK(""http://evil.example"",""Ada"")"`)
    expect(csv).toContain(`,'@SUM(1),`)
  })

  it('holds nothing of another workspace', async () => {
    const other = await aWorkspace(context, { name: 'Elsewhere' })
    await fail(other, { id: 'in_theirs', email: 'theirs@customers.example' })
    const all = [...(await exported()).values()].join('\n')
    for (const theirs of ['in_theirs', 'theirs@customers.example', 'Elsewhere', other.id])
      expect(all).not.toContain(theirs)
  })

  it('leaves out no table of a workspace but those that hold technical things only', async () => {
    const tables = await db('information_schema.columns')
      .where({ table_schema: 'public', column_name: 'workspace_id' })
      .pluck('table_name')
    const technical = [
      'card_hints',
      'case_payments',
      'deliveries',
      'diagnostic_records',
      'diagnostic_slices',
      'previous_webhook_tokens',
      'signing_secrets',
      'system_checks',
      'told_sums',
    ]
    expect(tables.sort()).toEqual([...SHEETS.map(({ table }) => table), ...technical].sort())
  })

  it('reads as it is read: 100,000 events need no more memory than a few, and nobody reads ahead', async () => {
    const count = 100_000
    await db.raw(
      `insert into stripe_events (workspace_id, connection_id, stripe_event_id, type, occurred_at, payload, received_at)
       select ?, ?, 'evt_' || n, 'invoice.paid', now(), '{"n": ' || n || ', "padding": "' || repeat('x', 500) || '"}', now()
       from generate_series(1, ?) n`,
      [workspace.id, workspace.connectionId, count],
    )
    let queries = 0
    const counted = () => {
      queries += 1
    }
    db.on('query', counted)
    try {
      const zip = await exportWorkspace(context, workspace.id)
      const iterator = zip[Symbol.asyncIterator]()
      await iterator.next()
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(queries).toBeLessThan(200)

      let [peak, read] = [0, 0]
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        read += next.value.length
        peak = Math.max(peak, process.memoryUsage().arrayBuffers)
      }
      expect(queries).toBeGreaterThan((2 * count) / 100)
      expect(read).toBeGreaterThan(1_000_000)
      expect(peak).toBeLessThan(100_000_000)
    } finally {
      db.off('query', counted)
    }
  }, 120_000)

  it('breaks off with the error when a row can not be read, instead of ending as if it were whole', async () => {
    await fail(workspace)
    await db('mails').update({ content_sealed: 'v1.broken' })
    await expect(exported()).rejects.toThrow(/mails\.content/)
  })
})
