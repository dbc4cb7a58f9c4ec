import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { webhookUrlOf } from '../../src/accounts/set-up-webhook.js'
import { PreviousWebhookToken } from '../../src/db/models/previous-webhook-token.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { withoutData } from '../support/seen.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aStoredCase } from '../support/stored-cases.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const { db } = database
const HERE = '/app/settings/stripe'

let context: FakeContext
let web: TestWeb
let fernhill: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  nock.disableNetConnect()
  nock.enableNetConnect('localhost')
  web = await serveApp((appUrl) => {
    context = fakeContext({ db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  stripeAnswersOnly(503)
  fernhill = await aWorkspace(context)
  browser = await signIn(web, context, fernhill.owner)
  web.rings.length = 0
})
afterEach(() => nock.cleanAll())
afterAll(async () => {
  await web.close()
  nock.enableNetConnect()
})

const textOf = async (response: Response) =>
  withoutData(await response.text())
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const shown = async () => textOf(await browser.get(HERE))
const secrets = () => SigningSecret.query(db).where({ workspace_id: fernhill.id }).orderBy('created_at')
const connection = () => StripeConnection.query(db).findById(fernhill.connectionId).throwIfNotFound()

describe('the settings of Stripe', () => {
  it('tell of the key what works, and of it and of the secrets no more than their ends', async () => {
    const html = await (await browser.get(HERE)).text()
    const text = await shown()
    expect(text).toContain('Ends in abcd')
    expect(text).toContain('Invoices, read')
    expect(text).toContain(`Ends in ${fernhill.signingSecret.slice(-4)}, saved under 1s ago In use`)
    expect(html).toContain(`value="${web.url}/webhooks/stripe/${fernhill.webhookToken}"`)
    expect(html).not.toContain(fernhill.signingSecret)
    expect(html).not.toMatch(/rk_test_[0-9a-f]/)
  })

  it('change the webhook URL, and say how long the old one works', async () => {
    const before = await webhookUrlOf(context, fernhill.id)
    const response = await browser.post(HERE, { do: 'url', hours: '24' })
    expect([response.status, response.headers.get('Location')]).toEqual([303, HERE])
    const after = await webhookUrlOf(context, fernhill.id)
    expect(after).not.toBe(before)
    const html = await (await browser.get(HERE)).text()
    expect(html).toContain(`value="${after}"`)
    expect(html).not.toContain(before)
    expect(html).toContain('still works, until')
    expect(await PreviousWebhookToken.query(db).where({ workspace_id: fernhill.id }).resultSize()).toBe(1)
  })

  it.each(['', '-1', '169', '1.5', 'a day', '1e3'])('leave the URL as it is for %j hours', async (hours) => {
    const before = await webhookUrlOf(context, fernhill.id)
    const response = await browser.post(HERE, { do: 'url', hours })
    expect(response.status).toBe(422)
    expect(await textOf(response)).toContain('0 to 168 hours')
    expect(await webhookUrlOf(context, fernhill.id)).toBe(before)
  })

  it('roll over to a new signing secret, once', async () => {
    const signingSecret = 'whsec_0123456789abcdef0123456789abcdef'
    await browser.post(HERE, { do: 'roll', signingSecret, hours: '12' })
    expect(await shown()).toMatch(/Ends in cdef, saved \S+ \S+ ago In use .*Replaced: valid until/)
    await browser.post(HERE, { do: 'roll', signingSecret, hours: '0' })
    expect(await shown()).toContain('Nothing has changed: this secret is stored already.')
    expect(await secrets()).toHaveLength(2)
    expect((await secrets()).filter(({ expires_at }) => expires_at === null)).toHaveLength(1)
  })

  it('say what is wrong with a secret, and don’t show it again', async () => {
    const response = await browser.post(HERE, { do: 'roll', signingSecret: 'rk_live_secretsecret', hours: '12' })
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain('aria-invalid="true"')
    expect(html).not.toContain('secretsecret')
    expect(await secrets()).toHaveLength(1)
  })

  it('keep the key that works when Stripe does not answer for another', async () => {
    const response = await browser.post(HERE, { do: 'key', key: 'rk_test_0123456789abcdef' })
    expect(response.status).toBe(422)
    expect(await textOf(response)).toContain('The key that was there goes on.')
    expect(await connection()).toMatchObject({ api_key_last4: 'abcd', replaced_at: null })
    expect(web.rings).toEqual([])
  })

  it('refuse an unrestricted key, and don’t show it again', async () => {
    const response = await browser.post(HERE, { do: 'key', key: 'sk_test_0123456789abcdef' })
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain('We only take restricted keys')
    expect(html).not.toContain('0123456789abcdef')
  })

  it('disconnect, close what is open, and lead to where one connects', async () => {
    await aStoredCase(context, fernhill)
    expect(await shown()).toContain('One open case closes as dismissed')
    const response = await browser.post(HERE, { do: 'disconnect' })
    expect([response.status, response.headers.get('Location')]).toEqual([303, '/onboarding/stripe'])
    expect(await connection()).toMatchObject({ api_key_sealed: null, replaced_at: expect.any(Date) })
    expect(await secrets()).toEqual([])
    expect(await RecoveryCase.query(db).findOne({ workspace_id: fernhill.id })).toMatchObject({ outcome: 'dismissed' })
    // The back button, and another press there.
    expect((await browser.post(HERE, { do: 'disconnect' })).status).toBe(403)
  })

  it('know no other form', async () => {
    expect((await browser.post(HERE, { do: 'toString' })).status).toBe(400)
  })
})
