import { afterEach, describe, expect, it } from '@jest/globals'
import { Diagnostic } from '../../src/db/models/diagnostic.js'
import { DiagnosticFinding } from '../../src/db/models/diagnostic-finding.js'
import { DiagnosticSlice } from '../../src/db/models/diagnostic-slice.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { askForDiagnostic } from '../../src/diagnostics/ask-for-diagnostic.js'
import { cancelDiagnostic } from '../../src/diagnostics/cancel-diagnostic.js'
import { runDiagnostic } from '../../src/diagnostics/run-diagnostic.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import type { StripeSimulator } from '../simulator/index.js'
import { useDatabase } from '../support/database.js'
import {
  accountWithHistory,
  type DiagnosedAccount,
  diagnosedAccount,
  truthOfWindow,
} from '../support/diagnosed-account.js'

const { db } = useDatabase()

const running: StripeSimulator[] = []
afterEach(async () => {
  for (const stripe of running.splice(0)) await stripe.stop()
})

async function anAccount(customers = 120, seed = 'run'): Promise<DiagnosedAccount> {
  const stripe = await accountWithHistory(seed, { customers, failures: 0.3 })
  running.push(stripe)
  return diagnosedAccount(db, stripe)
}

const LISTS = ['/v1/invoices', '/v1/invoice_payments', '/v1/charges', '/v1/credit_notes', '/v1/disputes']
const listCalls = ({ stripe }: DiagnosedAccount) => LISTS.flatMap((path) => stripe.log.to('GET', path))
const records = async () => Number((await db('diagnostic_records').count().first())?.count)

/** Findings of the latest run as the truth tells them. */
async function expectTheTruth(world: DiagnosedAccount): Promise<void> {
  const found = (await world.findings()).filter(({ apart }) => apart === null)
  const truth = truthOfWindow(world.stripe)
  expect(truth.length).toBeGreaterThan(10)
  expect(
    found
      .map((row) => [row.stripe_invoice_id, row.currency, row.at_risk, row.lost, row.forgiven, row.open, row.returned])
      .sort(),
  ).toEqual(
    truth.map((row) => [row.invoice, row.currency, row.exposed, row.lost, row.forgiven, row.open, row.returned]).sort(),
  )
}

describe('a run of the diagnostic', () => {
  it('reads everything, reports the truth and keeps nothing of what was read', async () => {
    const world = await anAccount()

    const run = await world.run()

    expect(run).toMatchObject({ outcome: 'finished', failure: null, unread: [], reason: 'owner', clock_ahead: 0 })
    await expectTheTruth(world)
    expect(run.report?.currencies.length).toBeGreaterThan(3)
    expect(await records()).toBe(0)
    const slices = await DiagnosticSlice.query(db).where({ diagnostic_id: run.id })
    expect(slices.every(({ done_at }) => done_at)).toBe(true)
    expect(slices.reduce((sum, { seen }) => sum + (seen ?? 0), 0)).toBeGreaterThan(300)
  })

  it('splits a long list and reads nothing twice', async () => {
    const world = await anAccount(700, 'long')

    await world.run()

    await expectTheTruth(world)
    const { id } = await world.latest()
    const slices = await DiagnosticSlice.query(db).where({ diagnostic_id: id, listing: 'charges' })
    expect(slices.length).toBeGreaterThan(6)
    const charges = [...world.stripe.account.store.charges]
    const { window_from, window_until } = await world.latest()
    const within = charges.filter(({ created }) => {
      return created * 1_000 >= (window_from?.getTime() ?? 0) && created * 1_000 < (window_until?.getTime() ?? 0)
    })
    expect(slices.reduce((sum, { seen }) => sum + seen, 0)).toBe(within.length)
  })

  it('is one at a time, whoever asks', async () => {
    const world = await anAccount()
    const asked = await Promise.all([1, 2, 3].map(() => askForDiagnostic(world.context, world.workspace.id)))

    expect(asked.sort()).toEqual(['asked', 'running', 'running'])
    await Promise.all([1, 2, 3].map(() => runDiagnostic(world.context, { workspaceId: world.workspace.id })))

    expect(await Diagnostic.query(db).where({ workspace_id: world.workspace.id })).toMatchObject([
      { outcome: 'finished' },
    ])
    await expectTheTruth(world)
  })

  it('goes on where a killed worker stopped, and costs no page twice but those under way', async () => {
    const world = await anAccount(700, 'killed')
    await world.run()
    const undisturbed = listCalls(world).length
    world.stripe.log.calls.length = 0

    // The worker's database goes away under it.
    let pages = 0
    const dying = {
      ...world.context,
      db: new Proxy(world.context.db, {
        get(target, name, receiver) {
          if (name !== 'raw') return Reflect.get(target, name, receiver)
          return (...args: Parameters<typeof target.raw>) => {
            if (String(args[0]).includes('diagnostic_records')) pages += 1
            if (pages > 25) throw new Error('killed')
            return target.raw(...args)
          }
        },
      }),
    }
    await askForDiagnostic(world.context, world.workspace.id)
    await expect(runDiagnostic(dying, { workspaceId: world.workspace.id })).rejects.toThrow('killed')
    expect(await world.latest()).toMatchObject({ ended_at: null })
    const [before] = await DiagnosticSlice.query(db)
      .where({ diagnostic_id: (await world.latest()).id })
      .whereNotNull('done_at')
    expect(before).toBeDefined()

    await Diagnostic.query(db).where({ workspace_id: world.workspace.id, ended_at: null }).patch({ leased_until: null })
    await runDiagnostic(world.context, { workspaceId: world.workspace.id })

    expect(await world.latest()).toMatchObject({ outcome: 'finished' })
    await expectTheTruth(world)
    // Eight calls of each of five endpoints may have been under way.
    expect(listCalls(world).length - undisturbed).toBeLessThan(60)
  })

  it('is left alone while another worker has it, and taken over once that one is silent', async () => {
    const world = await anAccount()
    await askForDiagnostic(world.context, world.workspace.id)
    const leased = new Date(world.context.now().getTime() + 15_000)
    await Diagnostic.query(db).where({ workspace_id: world.workspace.id }).patch({ leased_until: leased })

    await runDiagnostic(world.context, { workspaceId: world.workspace.id })
    expect(await world.latest()).toMatchObject({ began_at: null })

    await world.context.wait(16_000)
    await runDiagnostic(world.context, { workspaceId: world.workspace.id })
    expect(await world.latest()).toMatchObject({ outcome: 'finished' })
  })

  it('is canceled in the middle: no report, nothing kept, and the next one begins anew', async () => {
    const world = await anAccount()
    const stop = world.stripe.faults.decideBy((_, path) => {
      if (path === '/v1/charges') void cancelDiagnostic(world.context, world.workspace.id)
      return undefined
    })
    await world.run()
    stop()

    expect(await world.latest()).toMatchObject({ outcome: 'canceled', report: null })
    expect(await world.findings()).toEqual([])
    expect(await cancelDiagnostic(world.context, world.workspace.id)).toBe('none')
    expect(await records()).toBe(0)

    expect(await world.run()).toMatchObject({ outcome: 'finished' })
    await expectTheTruth(world)
  })

  it('slows down when Stripe has no time, and reports all the same', async () => {
    const world = await anAccount()
    world.stripe.faults.add({ route: 'GET *', kind: 'status', status: 429, retryAfter: 3, share: 0.2 })

    expect(await world.run()).toMatchObject({ outcome: 'finished', unread: [] })
    await expectTheTruth(world)
    expect(listCalls(world).filter(({ status }) => status === 429).length).toBeGreaterThan(3)
  })

  it('waits while Stripe does not answer, and goes on by itself', async () => {
    const world = await anAccount()
    const heal = world.stripe.faults.add({ route: 'GET /v1/charges', kind: 'drop' })

    const paused = await world.run()
    expect(paused).toMatchObject({ outcome: null, tries: 1 })
    expect(paused.retry_at?.getTime()).toBeGreaterThan(world.context.now().getTime())
    await runDiagnostic(world.context, { workspaceId: world.workspace.id })
    expect(await world.latest()).toMatchObject({ tries: 1 })

    heal()
    await world.context.wait(3_600_000)
    await runDiagnostic(world.context, { workspaceId: world.workspace.id })
    expect(await world.latest()).toMatchObject({ outcome: 'finished' })
    await expectTheTruth(world)
  })

  it('gives up on a Stripe that is silent for a day, and says so', async () => {
    const world = await anAccount()
    world.stripe.faults.add({ route: 'GET /v1/charges', kind: 'drop' })
    await world.run()
    await world.context.wait(25 * 3_600_000)

    await runDiagnostic(world.context, { workspaceId: world.workspace.id })

    expect(await world.latest()).toMatchObject({ outcome: 'failed', failure: 'unreachable' })
  })

  it('ends when Stripe refuses the key, or the connection is gone', async () => {
    const world = await anAccount()
    world.stripe.faults.add({ route: 'GET /v1/invoice_payments', kind: 'status', status: 401 })
    expect(await world.run()).toMatchObject({ outcome: 'failed', failure: 'key_rejected' })

    const other = await anAccount()
    await askForDiagnostic(other.context, other.workspace.id)
    await StripeConnection.query(db).findById(other.workspace.connectionId).patch({ replaced_at: other.context.now() })
    await runDiagnostic(other.context, { workspaceId: other.workspace.id })
    expect(await other.latest()).toMatchObject({ outcome: 'failed', failure: 'disconnected' })
    expect(await askForDiagnostic(other.context, other.workspace.id)).toBe('not_connected')
  })
})

describe('a customer who is forgotten', () => {
  it('has no name in any finding, before the run or after it', async () => {
    const world = await anAccount()
    await world.run()
    const named = (await world.findings()).filter(({ customer_name }) => customer_name)
    const [first, second] = [...new Set(named.map(({ stripe_customer_id: id }) => id ?? ''))]
    const forget = (stripeCustomerId = '') =>
      forgetCustomer(world.context, { workspaceId: world.workspace.id, stripeCustomerId })
    await forget(first)
    expect(await namesOf(world, first)).toEqual([])
    expect((await namesOf(world, second)).length).toBeGreaterThan(0)

    await forget(second)
    await world.run()
    expect(await namesOf(world, first)).toEqual([])
    expect(await namesOf(world, second)).toEqual([])
  })

  it('waits for a report that is being written, and is then gone from it', async () => {
    const world = await anAccount()
    const customers = [...world.stripe.account.store.customers].map(({ id }) => id)
    const running = world.run()
    for (const stripeCustomerId of customers.slice(0, 40)) {
      await forgetCustomer(world.context, { workspaceId: world.workspace.id, stripeCustomerId })
    }
    await running
    for (const id of customers.slice(0, 40)) expect(await namesOf(world, id)).toEqual([])
    expect((await world.findings()).some(({ customer_name }) => customer_name)).toBe(true)
  })
})

const namesOf = async (world: DiagnosedAccount, customerId = '') =>
  (await world.findings()).filter((row) => row.stripe_customer_id === customerId && row.customer_name)

describe('what a run meets', () => {
  it('a key that may not read everything: the report names what is missing, and stands', async () => {
    const world = await anAccount()
    await world.useKey(world.stripe.addKey(['rak_invoice_read', 'rak_customer_read', 'rak_charge_read']))

    const run = await world.run()

    expect(run).toMatchObject({ outcome: 'finished' })
    const unread = [...run.unread].sort((a, b) => (a.listing < b.listing ? -1 : 1))
    expect(unread).toEqual([
      { listing: 'credit_notes', permission: 'rak_credit_note_read' },
      { listing: 'disputes', permission: 'rak_dispute_read' },
      { listing: 'open_invoices', permission: 'rak_subscription_read' },
      { listing: 'open_payments', permission: 'rak_payment_intent_read' },
    ])
    const found = (await world.findings()).filter(({ apart }) => apart === null)
    expect(found.map(({ at_risk }) => at_risk).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0)
  })

  it('a key that loses a permission in the middle: no figure rests on a part of a list', async () => {
    const world = await anAccount(700, 'loses')
    world.stripe.faults.add({ route: 'GET /v1/charges', kind: 'status', status: 403, skip: 4 })

    const run = await world.run()

    expect(run).toMatchObject({ outcome: 'finished', unread: [{ listing: 'charges', permission: expect.anything() }] })
    // Without charges only what is still unpaid is known to have failed.
    const truth = truthOfWindow(world.stripe).filter(({ lost, open }) => lost + open > 0)
    const found = (await world.findings()).filter(({ apart, lost, open }) => apart === null && lost + open > 0)
    expect(found.map(({ stripe_invoice_id: id }) => id).sort()).toEqual(truth.map(({ invoice }) => invoice).sort())
    expect((await world.findings()).every(({ retried, paid }) => retried + paid === 0)).toBe(true)
  })

  it('a key that may no longer read invoices at all: it ends, and says why', async () => {
    const world = await anAccount()
    world.stripe.faults.add({ route: 'GET /v1/invoices', kind: 'status', status: 403, skip: 5 })

    expect(await world.run()).toMatchObject({ outcome: 'failed', failure: 'permission_missing', report: null })
    expect(await records()).toBe(0)
  })

  it('an account without subscriptions', async () => {
    const stripe = await accountWithHistory('nobody', { customers: 0 })
    running.push(stripe)
    const world = await diagnosedAccount(db, stripe)

    expect(await world.run()).toMatchObject({
      outcome: 'finished',
      report: { currencies: [], apart: [], leftOut: [] },
    })
  })

  it('a currency that nobody knows', async () => {
    const world = await anAccount()
    const odd = world.stripe.failRenewal({
      plan: { product: 'Pro', label: 'Pro', interval: 'month', currency: 'zzz', amount: 12_345 },
      declineCode: 'expired_card',
    })
    await world.context.wait(60_000)

    const run = await world.run()

    expect(run.report?.currencies.find(({ currency }) => currency === 'zzz')).toMatchObject({
      renewals: 1,
      invoices: 1,
      atRisk: 12_345,
      parts: { open: { amount: 12_345, invoices: 1 } },
    })
    expect((await world.findings()).find(({ currency }) => currency === 'zzz')?.stripe_invoice_id).toBe(odd.invoice.id)
  })

  it('a name that no text of Postgres holds, and an object that is none of what it says', async () => {
    const world = await anAccount()
    const { invoice } = world.stripe.failRenewal({ name: 'Nul\u0000l' })
    const odd = world.stripe.failRenewal({ name: 'Odd' }).invoice
    Object.assign(odd, { currency: 'usd coin' })
    await world.context.wait(60_000)

    expect(await world.run()).toMatchObject({ outcome: 'finished' })
    const found = await world.findings()
    expect(found.find(({ stripe_invoice_id: id }) => id === invoice.id)).toMatchObject({ customer_name: 'Null' })
    expect(found.find(({ stripe_invoice_id: id }) => id === odd.id)).toBeUndefined()
    const slices = await DiagnosticSlice.query(db).where({ diagnostic_id: (await world.latest()).id })
    expect(slices.reduce((sum, { unreadable }) => sum + unreadable, 0)).toBeGreaterThan(0)
  })

  it('clocks that disagree: Stripe’s decides, and the difference is told', async () => {
    const world = await anAccount()
    const ahead = 40 * 60_000
    const now = () => new Date(world.context.now().getTime() + ahead)

    const run = await world.run({ ...world.context, now })

    expect(run.clock_ahead).toBe(ahead / 1_000)
    await expectTheTruth(world)
  })

  it('an invoice that vanishes between two pages', async () => {
    const world = await anAccount(700, 'vanishes')
    const gone = new Set<string>()
    // The simulator answers a cursor that it does not know as Stripe answers one of a deleted invoice.
    const { invoices } = world.stripe.account.store
    const get = invoices.get.bind(invoices)
    let asked = 0
    invoices.get = (id: string) => {
      asked += 1
      if (asked % 3 === 0 && !gone.has(id)) {
        gone.add(id)
        return undefined
      }
      return get(id)
    }
    await world.run()
    invoices.get = get

    expect(gone.size).toBeGreaterThan(0)
    expect(await world.latest()).toMatchObject({ outcome: 'finished' })
    await expectTheTruth(world)
    expect(
      await DiagnosticFinding.query(db)
        .where({ diagnostic_id: (await world.latest()).id })
        .resultSize(),
    ).toBeGreaterThan(0)
  })
})
