import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
let context: FakeContext
let workspace: TestWorkspace
let web: TestWeb

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

const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(web.url + path, { redirect: 'manual', headers })
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = { Origin: web.url }) =>
  fetch(web.url + path, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form), headers })
const newToken = async () =>
  new URL(await createSignInLink(context, workspace.owner.id)).searchParams.get('token') ?? ''
const cookieOf = (response: Response) => (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? ''
const signIn = async () => cookieOf(await post('/sign-in/verify', { token: await newToken() }))

describe('signing in', () => {
  it('leads the signed-out to exactly /sign-in', async () => {
    for (const path of ['/app', '/app/cases', '/app/cases/123']) {
      const response = await open(path)
      expect([response.status, response.headers.get('Location')]).toEqual([302, '/sign-in'])
    }
  })

  it('consumes nothing by GET or HEAD, however often, and signs in by the button', async () => {
    const token = await newToken()
    for (const method of ['GET', 'HEAD', 'GET']) {
      await fetch(`${web.url}/sign-in/verify?token=${token}`, { method })
    }
    const response = await post('/sign-in/verify', { token })

    expect([response.status, response.headers.get('Location')]).toEqual([302, '/app'])
    const cookie = response.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    const list = await open('/app/cases', { Cookie: cookieOf(response) })
    expect(list.status).toBe(200)
    expect(await list.text()).toContain('Fernhill')
  })

  it('works once, also when pressed twice at the same moment', async () => {
    const token = await newToken()
    const both = await Promise.all([post('/sign-in/verify', { token }), post('/sign-in/verify', { token })])

    expect(both.map(({ status }) => status).sort()).toEqual([200, 302])
    expect(await (await open(`/sign-in/verify?token=${token}`)).text()).toContain('already been used')
  })

  it('ends after ten minutes', async () => {
    const token = await newToken()
    context.advance(10 * 60_000 + 1)

    const response = await post('/sign-in/verify', { token })
    expect(response.headers.get('Set-Cookie')).toBeNull()
    expect(await response.text()).toContain('expired')
  })

  it('shows a cut link for what it is, and nothing of what was typed', async () => {
    const response = await open('/sign-in/verify?token=%3Cscript%3Ealert(1)%3C/script%3E')
    expect(await response.text()).not.toContain('<script')
  })

  it('keeps its tokens out of the database', async () => {
    const token = await newToken()
    const cookie = await signIn()
    const dump = JSON.stringify([await database.db('sign_in_tokens'), await database.db('sessions')])

    expect(dump).not.toContain(token)
    expect(dump).not.toContain(cookie.split('=')[1])
  })

  it('marks the cookie Secure when we are reached over https', async () => {
    const secure = await serveApp(() =>
      fakeContext({ db: database.db, settings: { appUrl: 'https://app.example.com' } }),
    )
    try {
      // Over plain HTTP, as behind a proxy that ends TLS.
      const cookie = await new Promise<string>((resolve, reject) => {
        void newToken().then((token) => {
          const posting = request(
            `${secure.url}/sign-in/verify`,
            {
              method: 'POST',
              headers: {
                Host: 'app.example.com',
                Origin: 'https://app.example.com',
                'Content-Type': 'application/x-www-form-urlencoded',
              },
            },
            (response) => resolve(String(response.headers['set-cookie'])),
          )
          posting.on('error', reject)
          posting.end(`token=${token}`)
        }, reject)
      })
      expect(cookie).toMatch(/^__Host-session=/)
      expect(cookie).toMatch(/; Secure/)
    } finally {
      await secure.close()
    }
  })
})

describe('a session', () => {
  it('opens nothing any more once it was signed out, whoever kept the cookie', async () => {
    const cookie = await signIn()
    const response = await post('/sign-out', {}, { Origin: web.url, Cookie: cookie })

    expect(response.headers.get('Clear-Site-Data')).toBe('"cache", "storage"')
    expect((await open('/app/cases', { Cookie: cookie })).status).toBe(302)
  })

  it('sees the cases of its own workspace only', async () => {
    const cookie = await signIn()
    const response = await open('/app/cases/00000000-0000-4000-8000-000000000000', { Cookie: cookie })
    expect(response.status).toBe(404)
    expect((await open('/app/cases/not-an-id', { Cookie: cookie })).status).toBe(404)
  })

  it('is led to what is missing while the panel is locked: the signing secret', async () => {
    await SigningSecret.query(database.db).where({ workspace_id: workspace.id }).delete()
    const response = await open('/app/cases', { Cookie: await signIn() })
    expect([response.status, response.headers.get('Location')]).toEqual([302, '/onboarding/stripe'])
  })

  it('is led to what is missing while the panel is locked: the workspace', async () => {
    await Workspace.query(database.db).deleteById(workspace.id)
    const response = await open('/app/cases', { Cookie: await signIn() })
    expect([response.status, response.headers.get('Location')]).toEqual([302, '/onboarding/workspace'])
  })

  it('meets a lock until Stripe has confirmed the key', async () => {
    await StripeConnection.query(database.db).where({ workspace_id: workspace.id }).patch({ verified_at: null })
    const response = await open('/app', { Cookie: await signIn() })

    expect([response.status, response.headers.get('Location')]).toEqual([302, '/onboarding/stripe'])
  })
})

describe('a request from elsewhere', () => {
  it.each([
    ['another origin', { Origin: 'https://evil.example' }],
    ['no origin at all', {}],
    ['another site, as the browser says', { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost' }],
    ['another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('is refused when it comes from %s', async (_, headers) => {
    const token = await newToken()
    const response = await post('/sign-in/verify', { token }, headers as Record<string, string>)

    expect(response.status).toBe(403)
    expect(JSON.parse(context.logged.at(-1) ?? '')).toMatchObject({
      status: 403,
      method: 'POST',
      route: '/sign-in/verify',
    })
    expect((await post('/sign-in/verify', { token })).status).toBe(302)
  })

  it('is refused when it names another host', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asking = request(`${web.url}/sign-in`, { headers: { Host: 'evil.example' } }, (response) =>
        resolve(response.statusCode),
      )
      asking.on('error', reject)
      asking.end()
    })
    expect(status).toBe(421)
  })

  it('gets pages that may run no script, be framed, or load from elsewhere', async () => {
    const policy = (await open('/sign-in')).headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })
})

describe('health', () => {
  it('answers probes under any host', async () => {
    expect(await (await open('/healthz')).text()).toBe('ok\n')
    expect((await open('/readyz')).status).toBe(200)
  })
})
