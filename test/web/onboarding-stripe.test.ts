import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { connectStripe } from '../../src/accounts/connect-stripe.js'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { PERMISSIONS } from '../../src/stripe/permissions.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { postEvent, serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const SLUGS = PERMISSIONS.map(({ slug }) => slug)
let stripe: StripeSimulator
let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let cookie: string

beforeAll(async () => {
  stripe = await startStripe()
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl, stripeApiBase: stripe.url } })
    return context
  })
})
beforeEach(async () => {
  workspace = await aWorkspace(context)
  await StripeConnection.query(database.db).where({ workspace_id: workspace.id }).delete()
  cookie = await signIn(workspace.owner.id)
})
afterEach(() => stripe.faults.clear())
afterAll(async () => {
  await web.close()
  await stripe.stop()
})

async function signIn(ownerId: string): Promise<string> {
  const token = new URL(await createSignInLink(context, ownerId)).searchParams.get('token') ?? ''
  const answer = await fetch(`${web.url}/sign-in/verify`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    headers: { Origin: web.url },
    redirect: 'manual',
  })
  return answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
}
const look = (query = '') => fetch(`${web.url}/onboarding/stripe${query}`, { headers: { cookie }, redirect: 'manual' })
const page = async (query = '') => (await look(query)).text()
const send = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${web.url}/onboarding/stripe`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { cookie, Origin: web.url, ...headers },
    redirect: 'manual',
  })
const saveKey = (key: string) => send({ do: 'key', key })

describe('the page that connects Stripe', () => {
  it('leads whoever has no workspace to make one, and whoever is signed out to sign in', async () => {
    await Workspace.query(database.db).findById(workspace.id).delete()
    expect((await look()).headers.get('Location')).toBe('/onboarding/workspace')
    cookie = ''
    expect((await look()).headers.get('Location')).toBe('/sign-in')
  })

  it('shows the permissions with their reasons, the events, the address and the filled-in form', async () => {
    const html = await page()
    for (const { slug, purpose } of PERMISSIONS)
      expect([html.includes(slug), html.includes(purpose)]).toEqual([true, true])
    for (const type of WEBHOOK_EVENTS) expect(html).toContain(`<code>${type}</code>`)
    expect(html).toContain(`${web.url}/webhooks/stripe/${workspace.webhookToken}`)
    expect(html).toContain('https://dashboard.stripe.com/apikeys/create?name=SecondLoop')
    expect(html).toContain('https://dashboard.stripe.com/test/apikeys/create?name=SecondLoop')
    expect(html).toContain('Switch off Stripe’s own mails')
  })

  it('goes from key and secret to the first event, and never shows either again', async () => {
    const key = stripe.addKey(SLUGS.filter((slug) => slug !== 'rak_webhook_write'))
    expect((await saveKey(` ${key} `)).status).toBe(303)
    expect(await page()).toContain('Verified for test mode')
    const saved = await send({ do: 'secret', signingSecret: workspace.signingSecret })
    expect([saved.status, saved.headers.get('Location')]).toEqual([303, '/onboarding/stripe?wait#event-step'])
    const waiting = await page('?wait')
    expect(waiting).toContain('Waiting for Stripe’s first event')
    expect(waiting).toContain('http-equiv="refresh"')

    await postEvent(web.url, workspace, { id: 'evt_first', type: 'customer.updated', created: 1, livemode: false })
    const done = await page('?wait')
    expect(done).toContain('Stripe’s first event arrived')
    expect(done).not.toContain('http-equiv="refresh"')
    for (const secret of [key, workspace.signingSecret]) expect(waiting + done).not.toContain(secret)
  })

  it('sets the endpoint up by a press, and its events arrive', async () => {
    await saveKey(stripe.addKey())
    expect((await send({ do: 'endpoint' })).headers.get('Location')).toBe('/onboarding/stripe?wait#event-step')
    const url = `${web.url}/webhooks/stripe/${workspace.webhookToken}`
    const made = stripe.webhooks.endpoints.find((endpoint) => endpoint.url === url)
    expect(await page()).not.toContain(made?.secrets[0]?.value)

    stripe.failRenewal()
    await stripe.webhooks.settled()
    expect(await page()).toContain('Stripe’s first event arrived')
  })

  it.each(PERMISSIONS.filter(({ slug }) => slug !== 'rak_webhook_write'))(
    'names $name and what it costs when the key lacks it',
    async ({ slug, name, cost }) => {
      await saveKey(
        stripe.addKey(SLUGS.filter((other) => other !== slug && other !== slug.replace(/_read$/, '_write'))),
      )
      const html = await page()
      expect(html).toMatch(new RegExp(`<tr class="lacks"><th scope="row"><span>${name}</span>`))
      expect(html).toContain(cost)
    },
  )

  it.each([
    ['is down', { kind: 'status', status: 503 }, 'could not be reached'],
    ['answers 429', { kind: 'status', status: 429, retryAfter: 60 }, 'too many calls'],
    ['does not answer', { kind: 'hang' }, 'did not answer within 10 seconds'],
  ] as const)('says so when Stripe %s, and keeps the key', async (_, fault, words) => {
    stripe.faults.add({ route: '* /v1/*', ...fault })
    const key = stripe.addKey()
    await saveKey(key)
    const html = await page()
    expect(html).toContain(words)
    expect(html).toContain('Stored for test mode, not verified yet')
    expect(html).not.toContain(key)

    stripe.faults.clear()
    await send({ do: 'check' })
    expect(await page()).toContain('Verified for')
  })

  it('keeps what was typed when a working key would have to give way', async () => {
    await saveKey(stripe.addKey())
    stripe.faults.add({ route: '* /v1/*', kind: 'status', status: 503 })
    const key = stripe.addKey()
    const answer = await saveKey(key)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`value="${key}"`)
    expect(html).toContain('The key that was there goes on')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  it.each([
    [{ do: 'key', key: 'sk_live_51Qx' }, 'unrestricted key', 'key'],
    [{ do: 'key', key: 'pk_live_51Qx' }, 'publishable key', 'key'],
    [{ do: 'key', key: '<script>alert(1)</script>' }, 'not a Stripe key', 'key'],
    [{ do: 'secret', signingSecret: 'rk_live_51Qx' }, 'secret API key, not a signing secret', 'signingSecret'],
  ])('says beside the field what is wrong with %j', async (fields, words, field) => {
    await connectStripe(context, { workspaceId: workspace.id, key: stripe.addKey() })
    const answer = await send(fields as unknown as Record<string, string>)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(words)
    expect(html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"[^>]*aria-describedby="[^"]*${field}-fault`))
    expect(html).not.toMatch(/51Qx|<script/)
    expect(await SigningSecret.query(database.db).where({ workspace_id: workspace.id })).toEqual([])
  })

  it('says when the secret does not match what arrives', async () => {
    await saveKey(stripe.addKey())
    await send({ do: 'secret', signingSecret: 'whsec_another' })
    await postEvent(web.url, workspace, { id: 'evt_1', type: 'customer.updated', created: 1, livemode: false })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await page()).toContain('The signing secret does not match')
  })

  it('says that Stripe refuses the key, and takes a new one', async () => {
    const key = stripe.addKey()
    await saveKey(key)
    stripe.keys.revoke(key)
    expect((await send({ do: 'check' })).status).toBe(422)
    expect(await page()).toContain('Stripe refuses this key')
    await saveKey(stripe.addKey())
    expect(await page()).not.toContain('Stripe refuses this key')
  })

  it('takes nothing from another site, and does nothing it does not know', async () => {
    expect((await send({ do: 'key', key: stripe.addKey() }, { Origin: 'https://evil.example' })).status).toBe(403)
    expect((await send({ do: 'anything' })).status).toBe(400)
    expect(await StripeConnection.query(database.db).where({ workspace_id: workspace.id })).toEqual([])
  })

  it('asks Stripe only so often', async () => {
    for (let press = 0; press < 30; press += 1) await send({ do: 'anything' })
    const answer = await send({ do: 'key', key: stripe.addKey() })
    expect(answer.status).toBe(429)
    expect(await answer.text()).toContain('Nothing has changed')
  })
})
