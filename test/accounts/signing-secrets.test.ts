import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addSigningSecret, listSigningSecrets } from '../../src/accounts/signing-secrets.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { eventOf } from '../support/invoice-shapes.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const HOUR = 3_600_000
const NEW = 'whsec_newerThanTheOther0123'
let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  workspace = await aWorkspace(context)
})
afterAll(() => web.close())

const add = (secret: string, overlapHours = 24) =>
  addSigningSecret(context, { workspaceId: workspace.id, secret, overlapHours })
const list = () => listSigningSecrets(context, workspace.id)
const statusWith = async (secret: string) => {
  const event = eventOf('invoice.payment_failed', failedInvoice('2026-10-28.endive'), { id: `evt_${randomUUID()}` })
  return (await postEvent(web.url, workspace, event, { secret })).status
}

describe('rolling over the signing secret', () => {
  it('takes events signed with either until the older one ends by the clock', async () => {
    expect(await add(NEW)).toMatchObject({ kind: 'added' })

    expect([await statusWith(NEW), await statusWith(workspace.signingSecret)]).toEqual([200, 200])
    context.advance(24 * HOUR)
    expect([await statusWith(NEW), await statusWith(workspace.signingSecret)]).toEqual([200, 400])
  })

  it('ends the older one at once when no overlap is wanted', async () => {
    await add(NEW, 0)
    expect([await statusWith(NEW), await statusWith(workspace.signingSecret)]).toEqual([200, 400])
  })

  it('shows the last four characters and the age of each, and nothing more', async () => {
    await add(NEW, 1)
    const listed = await list()
    expect(listed.map(({ last4, endsAt }) => [last4, endsAt !== null])).toEqual([
      ['0123', false],
      [workspace.signingSecret.slice(-4), true],
    ])
    expect(JSON.stringify(listed)).not.toContain(NEW.slice(0, -4))
    context.advance(HOUR)
    expect(await list()).toHaveLength(1)
  })

  it('changes nothing when the same is given again, with spaces or twice at once', async () => {
    await Promise.all([add(NEW), add(NEW)])
    context.advance(HOUR)
    const before = await list()

    expect(await add(` ${NEW}\n`)).toEqual({ kind: 'known', endsAt: null })
    expect(await list()).toEqual(before)
    expect(before).toHaveLength(2)
  })

  it('does not let the older one win when it is pasted by mistake', async () => {
    await add(NEW)
    expect(await add(workspace.signingSecret)).toMatchObject({ kind: 'known', endsAt: expect.any(Date) })
    context.advance(24 * HOUR)
    expect((await list()).map(({ last4 }) => last4)).toEqual(['0123'])
  })

  it('refuses what is no signing secret, or an overlap that Stripe does not have, and stores nothing', async () => {
    for (const refused of [await add('rk_test_1234567890'), await add('we_123'), await add(''), await add(NEW, 25)]) {
      expect(refused.kind).toBe('refused')
    }
    expect(await SigningSecret.query(database.db).where({ workspace_id: workspace.id }).resultSize()).toBe(1)
  })

  it('leaves another workspace’s secrets alone', async () => {
    const other = await aWorkspace(context)
    await add(NEW, 0)
    expect(await listSigningSecrets(context, other.id)).toMatchObject([{ last4: other.signingSecret.slice(-4) }])
  })
})
