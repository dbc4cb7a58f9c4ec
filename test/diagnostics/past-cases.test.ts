import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import {
  findWantedPastCases,
  openPastCases,
  readPastCandidates,
  rehearsePastCases,
  wantPastCases,
} from '../../src/diagnostics/past-cases.js'
import { audit } from '../../src/recovery/audit.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { useDatabase } from '../support/database.js'
import { accountWithHistory, type DiagnosedAccount, diagnosedAccount } from '../support/diagnosed-account.js'

const { db } = useDatabase()
let world: DiagnosedAccount

beforeEach(async () => {
  world = await diagnosedAccount(db, await accountWithHistory('past', { customers: 150, failures: 0.4 }))
  await world.run()
})
afterEach(() => world.stripe.stop())

const scope = () => ({ workspaceId: world.workspace.id, connectionId: world.workspace.connectionId })
const candidates = async () => (await readPastCandidates(world.context, scope())).findings
const cases = async () =>
  RecoveryCase.query(db).where({ workspace_id: world.workspace.id }).orderBy('stripe_invoice_id')
const open = (where = world.context) => openPastCases(where, { workspaceId: world.workspace.id })
const wantAll = async () =>
  wantPastCases(world.context, { ...scope(), invoiceIds: (await candidates()).map(({ stripe_invoice_id: id }) => id) })

describe('cases of the past', () => {
  it('are the unpaid renewals of the newest report, opened with their first failure and a campaign from now on', async () => {
    const before = await candidates()
    expect(before.length).toBeGreaterThan(2)

    expect(await wantAll()).toBe(before.length)
    expect(await open()).toEqual({ touches: true })

    const opened = await cases()
    expect(opened.map(({ stripe_invoice_id: id, exposure, currency }) => [id, currency, exposure])).toEqual(
      before.map(({ stripe_invoice_id: id, currency, open: left }) => [id, currency, left]).sort(),
    )
    const now = world.context.now().getTime()
    for (const row of opened) {
      const finding = before.find(({ stripe_invoice_id: id }) => id === row.stripe_invoice_id)
      expect(row.failed_at).toEqual(finding?.first_failed_at)
      expect(now - row.opened_at.getTime()).toBeLessThan(60_000)
      expect(row.customer_email).toContain('@')
      const [first] = await Touch.query(db).where({ case_id: row.id }).orderBy('step')
      expect(first).toMatchObject({ step: 0 })
      expect(Math.abs((first?.due_at.getTime() ?? 0) - now)).toBeLessThan(60_000)
      expect(await CaseEntry.query(db).where({ case_id: row.id, kind: 'found_in_past' })).toHaveLength(1)
    }
    const faults: unknown[] = []
    await audit(world.context, (fault) => faults.push(fault))
    expect(faults).toEqual([])
    expect(await candidates()).toEqual([])
  })

  it('are rehearsed first: who would be written to, and nothing is changed', async () => {
    const found = await candidates()
    const { outcomes, rehearsal } = await rehearsePastCases(world.context, scope())

    expect([...outcomes.values()].every((outcome) => outcome === 'opened')).toBe(true)
    expect(outcomes.size).toBe(found.length)
    const written = new Set(
      rehearsal.mails.flatMap(({ about }) => about.map((each) => each.recoveryCase.stripe_invoice_id)),
    )
    expect([...written].sort()).toEqual(found.map(({ stripe_invoice_id: id }) => id).sort())
    expect(await cases()).toEqual([])
    expect(await Touch.query(db).where({ workspace_id: world.workspace.id })).toEqual([])
    expect(await candidates()).toHaveLength(found.length)
  })

  it('open once, however often one presses and however many workers look', async () => {
    const found = await candidates()
    await Promise.all([wantAll(), wantAll()])
    await Promise.all([open(), open(), open()])
    await wantAll()
    await open()

    expect(await cases()).toHaveLength(found.length)
  })

  it('go on where a worker that died left them', async () => {
    const found = await candidates()
    await wantAll()
    let asked = 0
    const dying = {
      ...world.context,
      stripe: (connection: Parameters<typeof world.context.stripe>[0]) => {
        asked += 1
        if (asked > 2) throw new Error('killed')
        return world.context.stripe(connection)
      },
    }
    await expect(open(dying)).rejects.toThrow('killed')
    expect(await cases()).toHaveLength(2)

    await world.context.wait(61_000)
    expect(await findWantedPastCases(world.context)).toEqual([world.workspace.id])
    await open()
    expect(await cases()).toHaveLength(found.length)
    expect(await findWantedPastCases(world.context)).toEqual([])
  })

  it('say why one stays as it is: paid meanwhile, ended, vanished, forgotten, no answer', async () => {
    const [paid, ended, vanished, forgotten, silent] = await candidates()
    world.stripe.pay(paid?.stripe_invoice_id ?? '')
    world.stripe.cancelSubscription(ended?.stripe_subscription_id ?? '')
    await forgetCustomer(world.context, {
      workspaceId: world.workspace.id,
      stripeCustomerId: forgotten?.stripe_customer_id ?? '',
    })
    world.stripe.faults.add({ route: `GET /v1/invoices/${silent?.stripe_invoice_id}`, kind: 'status', status: 500 })
    const { invoices } = world.stripe.account.store
    const get = invoices.get.bind(invoices)
    invoices.get = (id: string) => (id === vanished?.stripe_invoice_id ? undefined : get(id))

    const { outcomes } = await rehearsePastCases(world.context, scope())
    const about = (finding: typeof paid) => outcomes.get(finding?.stripe_invoice_id ?? '')
    expect([paid, ended, vanished, forgotten, silent].map(about)).toEqual([
      'settled',
      'ended',
      'gone',
      'forgotten',
      null,
    ])

    await wantAll()
    await open()
    const rows = (await world.findings()).filter(({ case_came_to }) => case_came_to !== 'opened' && case_came_to)
    expect(rows.map(({ case_came_to }) => case_came_to).sort()).toEqual(['ended', 'forgotten', 'gone', 'settled'])
    expect(
      (await world.findings()).find(({ stripe_invoice_id: id }) => id === silent?.stripe_invoice_id),
    ).toMatchObject({
      case_settled_at: null,
    })
    world.stripe.faults.clear()
    await world.context.wait(61_000)
    await open()
    expect((await cases()).map(({ stripe_invoice_id: id }) => id)).toContain(silent?.stripe_invoice_id)
    invoices.get = get
  })

  it('write to nobody while prompts are off', async () => {
    await switchPrompts(world.context, { workspaceId: world.workspace.id, on: false })
    await wantAll()
    await open()

    expect((await cases()).length).toBeGreaterThan(0)
    expect(await Touch.query(db).where({ workspace_id: world.workspace.id })).toEqual([])
  })
})
