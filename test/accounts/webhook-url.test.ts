import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { retireExpired } from '../../src/accounts/retire-expired.js'
import { revealWebhookUrl, rotateWebhookUrl } from '../../src/accounts/webhook-url.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { eventOf } from '../support/invoice-shapes.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const HOUR = 3_600_000
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

const anEvent = () =>
  eventOf('invoice.payment_failed', failedInvoice('2026-10-28.endive'), { id: `evt_${randomUUID()}` })
const rotate = async (overlapHours: number) => {
  const rotated = await rotateWebhookUrl(context, { workspaceId: workspace.id, overlapHours })
  return rotated.kind === 'rotated' ? tokenOf(rotated.webhookUrl) : ''
}
const tokenOf = (url: string) => url.split('/').at(-1) ?? ''
/** A URL that was looked up is remembered for 15 seconds: these are asked once each. */
const statusAt = async (token: string) => (await postEvent(web.url, workspace, anEvent(), { token })).status

describe('rotating the webhook URL', () => {
  it('gives a new one that works at once, while the old one works for as long as was chosen', async () => {
    const token = await rotate(24)

    expect([await statusAt(token), await statusAt(workspace.webhookToken)]).toEqual([200, 200])
    context.advance(24 * HOUR - 1)
    expect(await statusAt(workspace.webhookToken)).toBe(200)
    context.advance(1)
    expect([await statusAt(token), await statusAt(workspace.webhookToken)]).toEqual([200, 404])
  })

  it('ends the old one at once when no overlap is wanted', async () => {
    const token = await rotate(0)
    expect([await statusAt(token), await statusAt(workspace.webhookToken)]).toEqual([200, 404])
  })

  it('keeps each of several for its own time', async () => {
    const second = await rotate(48)
    context.advance(HOUR)
    const third = await rotate(168)
    context.advance(47 * HOUR)

    expect([await statusAt(workspace.webhookToken), await statusAt(second), await statusAt(third)]).toEqual([
      404, 200, 200,
    ])
  })

  it('ends older ones too when the newer overlap is shorter', async () => {
    const second = await rotate(168)
    const third = await rotate(0)
    expect([await statusAt(workspace.webhookToken), await statusAt(second), await statusAt(third)]).toEqual([
      404, 404, 200,
    ])
  })

  it('is shown again on request, with how long those before it work', async () => {
    const token = await rotate(2)
    const revealed = await revealWebhookUrl(context, workspace.id)

    expect(revealed.webhookUrl).toBe(`${web.url}/webhooks/stripe/${token}`)
    expect(revealed.previous).toEqual([
      { replacedAt: context.now(), endsAt: new Date(context.now().getTime() + 2 * HOUR) },
    ])
    context.advance(2 * HOUR)
    expect((await revealWebhookUrl(context, workspace.id)).previous).toEqual([])
  })

  it.each([-1, 169, 1.5, Number.NaN])('refuses an overlap of %s hours and changes nothing', async (overlapHours) => {
    const rotated = await rotateWebhookUrl(context, { workspaceId: workspace.id, overlapHours })
    expect(rotated).toMatchObject({ kind: 'refused', reason: expect.stringContaining('0 to 168 hours') })
    expect(tokenOf((await revealWebhookUrl(context, workspace.id)).webhookUrl)).toBe(workspace.webhookToken)
  })

  it('loses no URL when it is done twice at once', async () => {
    const tokens = [workspace.webhookToken, ...(await Promise.all([rotate(1), rotate(1)]))]
    expect(await Promise.all(tokens.map(statusAt))).toEqual([200, 200, 200])
  })

  it('leaves another workspace’s URL alone, and keeps no token in clear', async () => {
    const other = await aWorkspace(context)
    await rotate(1)
    const rows = await database.db('previous_webhook_tokens')
    expect(JSON.stringify(rows)).not.toContain(workspace.webhookToken)
    expect(tokenOf((await revealWebhookUrl(context, other.id)).webhookUrl)).toBe(other.webhookToken)
  })

  it('forgets the hashes of URLs that have ended', async () => {
    await rotate(1)
    const ofWorkspace = () => database.db('previous_webhook_tokens').where({ workspace_id: workspace.id })
    await retireExpired(context)
    expect(await ofWorkspace()).toHaveLength(1)
    context.advance(HOUR)
    await retireExpired(context)
    expect(await ofWorkspace()).toEqual([])
  })
})
