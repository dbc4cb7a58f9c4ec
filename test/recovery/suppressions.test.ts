import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Mail } from '../../src/db/models/mail.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { allowAgain } from '../../src/recovery/allow-again.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { listSuppressions } from '../../src/recovery/list-suppressions.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aStoredCase, aStoredTouch } from '../support/stored-cases.js'

const { db } = useDatabase()
const MINUTE = 60_000
const OWNER = randomUUID()

let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
})

const stop = (address: string, reason: Suppression['reason'] = 'bounced', workspaceId = workspace.id) =>
  suppress(db, { workspaceId, address, reason, at: context.now() })
const list = (limit = 50, after: string | null = null) => listSuppressions(context, workspace.id, { limit, after })
const idOf = async (address: string) =>
  (await Suppression.query(db).findOne({ workspace_id: workspace.id, address }).throwIfNotFound()).id
const allow = (suppressionId: string, workspaceId = workspace.id) =>
  allowAgain(context, { workspaceId, ownerId: OWNER, suppressionId })
const deliver = () => deliverTouches(context, { workspaceId: workspace.id })
async function aDueCase(customer_email: string) {
  const recoveryCase = await aStoredCase(context, workspace, { ago: 0, customer_email, stripe_customer_id: 'cus_ada' })
  await aStoredTouch(context, recoveryCase)
  return recoveryCase
}

describe('the addresses that a workspace does not write to', () => {
  it('are listed newest first, with the reason', async () => {
    await stop('old@customer.example', 'complained')
    context.advance(MINUTE)
    await stop('New@customer.example')
    await stop('theirs@customer.example', 'bounced', (await aWorkspace(context)).id)

    expect(await list()).toMatchObject({
      suppressions: [
        { address: 'new@customer.example', reason: 'bounced', since: context.now() },
        { address: 'old@customer.example', reason: 'complained' },
      ],
      next: null,
      total: 2,
    })
  })

  it('come in pages, none left out or told twice, though some have the same time or are removed meanwhile', async () => {
    for (let n = 0; n < 7; n += 1) {
      await stop(`person${n}@customer.example`)
      if (n % 3 === 0) context.advance(MINUTE)
    }
    const whole = (await list()).suppressions.map(({ address }) => address)
    const seen: (string | null)[] = []
    let after: string | null = null
    do {
      const page = await list(2, after)
      seen.push(...page.suppressions.map(({ address }) => address))
      after = page.next
      await allow(page.suppressions.at(-1)?.id ?? '')
    } while (after)

    expect(whole).toHaveLength(7)
    expect(seen).toEqual(whole)
  })

  it('begin anew when a page is asked for that is none', async () => {
    await stop('ada@customer.example')
    expect((await list(2, 'nonsense')).suppressions).toHaveLength(1)
  })

  it('are shown without the address of a customer who was forgotten', async () => {
    await aDueCase('ada@customer.example')
    await stop('ada@customer.example')
    await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_ada' })

    expect((await list()).suppressions).toMatchObject([{ address: null, reason: 'bounced' }])
  })
})

describe('allowing mail to an address again', () => {
  it('lets what comes next be sent, and the open case says who allowed it', async () => {
    await stop('ada@customer.example')
    const recoveryCase = await aDueCase('Ada@customer.example')
    await deliver()
    expect(context.outbox).toEqual([])

    expect(await allow(await idOf('ada@customer.example'))).toBe('allowed')
    await aDueCase('ada@customer.example')
    await deliver()

    expect((await list()).total).toBe(0)
    const entries = await CaseEntry.query(db).where({ case_id: recoveryCase.id, kind: 'address_allowed' })
    expect(entries).toMatchObject([{ detail: { by: OWNER } }])
    expect(context.outbox.map(({ to }) => to)).toEqual(['ada@customer.example'])
  })

  it('changes nothing the second time, for another workspace, or for what is not there', async () => {
    await stop('ada@customer.example')
    const id = await idOf('ada@customer.example')
    const other = await aWorkspace(context)

    expect(await allow(id, other.id)).toBe('unknown')
    expect(await allow(randomUUID())).toBe('unknown')
    expect((await list()).total).toBe(1)
    expect(await Promise.all([allow(id), allow(id)])).toContain('allowed')
    expect(await allow(id)).toBe('unknown')
  })

  it('holds until the mail provider says again that it does not deliver there', async () => {
    await aDueCase('ada@customer.example')
    await deliver()
    const mail = await Mail.query(db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
    const told = (kind: 'bounced' | 'suppressed', mailId: string) =>
      recordMailEvent(context, {
        kind,
        mailId,
        providerId: `re-${mailId}`,
        at: context.now(),
        acceptedAt: context.now(),
        code: null,
        userAgent: null,
      })
    await told('bounced', mail.id)
    await allow(await idOf('ada@customer.example'))
    // The same old bounce again, as webhooks are repeated.
    await told('bounced', mail.id)
    expect((await list()).total).toBe(0)

    context.advance(25 * 60 * MINUTE)
    await aDueCase('ada@customer.example')
    await deliver()
    const next = await Mail.query(db).where({ workspace_id: workspace.id }).whereNot({ id: mail.id }).first()
    await told('suppressed', next?.id ?? '')
    expect((await list()).suppressions).toMatchObject([{ address: 'ada@customer.example', reason: 'suppressed' }])
  })

  it('can be done while the customer is forgotten, whoever comes first', async () => {
    for (let n = 0; n < 6; n += 1) {
      const address = `person${n}@customer.example`
      await aStoredCase(context, workspace, { customer_email: address, stripe_customer_id: `cus_${n}` })
      await stop(address)
      const id = await idOf(address)
      await Promise.all([
        allow(id),
        forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: `cus_${n}` }),
      ])
    }
    expect((await list()).total).toBe(0)
  })
})
