import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listSessions, revokeSession, revokeSessions } from '../../src/accounts/sessions.js'
import { isOperator } from '../../src/accounts/sign-up-rules.js'
import type { Settings } from '../../src/context.js'
import { Owner } from '../../src/db/models/owner.js'
import { Session } from '../../src/db/models/session.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const settings: { -readonly [name in keyof Settings]?: Settings[name] } = {}
let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    Object.defineProperty(context, 'settings', { get: () => ({ ...base, ...settings }) })
    const base = { ...fakeContext({ db: database.db }).settings, appUrl }
    return context
  })
})
beforeEach(async () => {
  for (const name of Object.keys(settings)) delete settings[name as keyof Settings]
  await database.db('rate_limits').delete()
  await database.db('owners').delete()
  context.outbox.splice(0)
  context.said.splice(0)
  context.answers = []
  workspace = await aWorkspace(context)
})
afterAll(() => web.close())

/** A browser: it keeps its cookies, and nothing of others. */
function aBrowser(headers: Record<string, string> = {}) {
  const jar = new Map<string, string>()
  const send = async (path: string, init: RequestInit = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, web.url), {
      redirect: 'manual',
      ...init,
      headers: { Origin: web.url, 'User-Agent': 'Firefox', ...headers, ...(cookie && { Cookie: cookie }) },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value) jar.set(name, value)
      else jar.delete(name)
    }
    return { status: response.status, to: response.headers.get('Location'), html: await response.text(), response }
  }
  return {
    jar,
    open: (path: string, method = 'GET') => send(path, { method }),
    post: (path: string, form: Record<string, string>) =>
      send(path, { method: 'POST', body: new URLSearchParams(form) }),
    ask: (email: string) => send('/sign-in', { method: 'POST', body: new URLSearchParams({ email }) }),
  }
}

async function mailedLink(nth = 0): Promise<string> {
  await eventually(async () => context.outbox.length > nth)
  return /http\S+\/sign-in\/verify\?token=\S+/.exec(context.outbox[nth]?.text ?? '')?.[0] ?? ''
}

const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''

/** Time for a mail that must not come. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 150))

describe('a mailed sign-in link', () => {
  it('signs in the browser that asked, and leads to the page that was wanted', async () => {
    const browser = aBrowser()
    expect((await browser.open('/app/cases')).to).toBe('/sign-in')

    const asked = await browser.ask(` ${workspace.owner.email.toUpperCase()} `)
    const link = await mailedLink()
    expect(asked.html).toContain('Check your mail')
    expect(context.outbox[0]).toMatchObject({ to: workspace.owner.email, subject: 'Sign in to SecondLoop' })

    expect((await browser.open(link)).html).toContain('One press and you are in')
    const signedIn = await browser.post('/sign-in/verify', { token: tokenOf(link) })
    expect([signedIn.status, signedIn.to]).toEqual([302, '/app/cases'])
    expect((await browser.open('/app/cases')).status).toBe(200)
  })

  it('leads nowhere but to our own pages, whatever the cookie says', async () => {
    const browser = aBrowser()
    await browser.ask(workspace.owner.email)
    browser.jar.set('wanted', '//evil.example/app')
    const signedIn = await browser.post('/sign-in/verify', { token: tokenOf(await mailedLink()) })
    expect(signedIn.to).toBe('/app')
  })

  it('is not used up by scanners, who fetch it from elsewhere by HEAD and GET', async () => {
    const browser = aBrowser()
    await browser.ask(workspace.owner.email)
    const link = await mailedLink()
    for (const method of ['HEAD', 'GET', 'GET']) await aBrowser({ 'User-Agent': 'Scanner' }).open(link, method)

    expect((await browser.post('/sign-in/verify', { token: tokenOf(link) })).status).toBe(302)
  })

  it('opens in no other browser, stays good in its own, and is replaced by a new one there', async () => {
    const [browser, other] = [aBrowser(), aBrowser()]
    await browser.ask(workspace.owner.email)
    const link = await mailedLink()

    expect((await other.open(link)).html).toContain('This link is for another browser')
    expect((await other.post('/sign-in/verify', { token: tokenOf(link) })).html).toContain('for another browser')
    const again = await other.post('/sign-in', { token: tokenOf(link) })
    expect(again.html).not.toContain(workspace.owner.email)
    const second = await mailedLink(1)

    expect((await other.post('/sign-in/verify', { token: tokenOf(second) })).status).toBe(302)
    expect((await browser.post('/sign-in/verify', { token: tokenOf(link) })).status).toBe(302)
  })

  it('ends after ten minutes and offers a new one', async () => {
    const browser = aBrowser()
    await browser.ask(workspace.owner.email)
    const link = await mailedLink()
    context.advance(10 * 60_000)

    const late = await browser.open(link)
    expect(late.html).toContain('This link has expired')
    await browser.post('/sign-in', { token: tokenOf(link) })
    expect((await browser.open(await mailedLink(1))).html).toContain('One press')
  })

  it('is one mail, even when the provider’s answer is lost', async () => {
    context.answers = [async () => ({ kind: 'unknown', reason: 'ECONNRESET' })]
    await aBrowser().ask(workspace.owner.email)
    await mailedLink()

    expect(new Set(context.calls.slice(-2).map(({ key }) => key)).size).toBe(1)
    expect(context.outbox).toHaveLength(1)
  })
})

describe('asking for a link', () => {
  it('is answered alike whether or not the address may come in', async () => {
    const known = await aBrowser().ask(workspace.owner.email)
    const unknown = await aBrowser().ask('stranger@elsewhere.example')
    await mailedLink()
    await aMoment()

    expect(unknown.status).toBe(known.status)
    expect(unknown.html.replaceAll('stranger@elsewhere.example', '')).toBe(
      known.html.replaceAll(workspace.owner.email, ''),
    )
    expect(context.outbox.map(({ to }) => to)).toEqual([workspace.owner.email])
  })

  it.each(['', 'ada', 'ada@', '@x.example', 'a b@x.example', 'ada@x', `${'a'.repeat(250)}@x.example`, '"><script>@x'])(
    'says what is wrong with %j, and keeps it',
    async (typed) => {
      const answer = await aBrowser().ask(typed)
      expect([answer.status, answer.html.includes('This is not a mail address')]).toEqual([422, true])
      expect(answer.html).not.toContain('<script>')
      expect(answer.html).toContain('aria-invalid="true"')
    },
  )

  it('is possible five times an hour for an address, from wherever', async () => {
    for (let nth = 0; nth < 5; nth += 1) expect((await aBrowser().ask(workspace.owner.email)).status).toBe(200)
    const refused = await aBrowser().ask(workspace.owner.email)

    expect(refused.status).toBe(429)
    expect(Number(refused.response.headers.get('Retry-After'))).toBeGreaterThan(3_000)
    expect((await aBrowser().ask('other@fernhill.example')).status).toBe(200)
  })

  it('is counted by client too, whom a made-up X-Forwarded-For does not hide', async () => {
    const statuses = []
    for (let nth = 0; nth < 21; nth += 1) {
      const { status } = await aBrowser({ 'X-Forwarded-For': `203.0.113.${nth}` }).ask(`a${nth}@fernhill.example`)
      statuses.push(status)
    }
    expect(statuses.indexOf(429)).toBe(20)
  })

  it('counts the client that our own proxy names, and nothing that stands before it', async () => {
    const behindProxy = await serveApp((appUrl) =>
      fakeContext({ db: database.db, settings: { appUrl, trustProxy: 1 } }),
    )
    const from = async (chain: string, nth: number) => {
      const body = new URLSearchParams({ email: `b${nth}@fernhill.example` })
      const headers = { Origin: behindProxy.url, 'X-Forwarded-For': chain }
      return (await fetch(`${behindProxy.url}/sign-in`, { method: 'POST', body, headers })).status
    }
    try {
      for (let nth = 0; nth < 20; nth += 1) await from(`198.51.100.${nth}, 203.0.113.7`, nth)

      expect(await from('198.51.100.99, 203.0.113.7', 20)).toBe(429)
      expect(await from('198.51.100.99, 203.0.113.8', 21)).toBe(200)
    } finally {
      await behindProxy.close()
    }
  })

  it('shows the link at the terminal where no mail provider is set up, and logs it nowhere', async () => {
    let sitting = context
    const terminal = await serveApp((appUrl) => {
      sitting = fakeContext({ db: database.db, settings: { appUrl }, mail: null })
      return sitting
    })
    try {
      const page = await (await fetch(`${terminal.url}/sign-in`)).text()
      await fetch(`${terminal.url}/sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ email: workspace.owner.email }),
        headers: { Origin: terminal.url },
      })
      await eventually(async () => sitting.said.length > 0)

      expect(page).toContain('in the terminal')
      const link = /http\S+/.exec(sitting.said[0] ?? '')?.[0] ?? ''
      expect(tokenOf(link).length).toBeGreaterThan(20)
      expect(sitting.logged.join('')).not.toContain(tokenOf(link))
    } finally {
      await terminal.close()
    }
  })
})

describe('who may come in', () => {
  const comesIn = async (email: string) => {
    const browser = aBrowser()
    const before = context.outbox.length
    await browser.ask(email)
    await aMoment()
    if (context.outbox.length === before) return false
    const { status } = await browser.post('/sign-in/verify', { token: tokenOf(await mailedLink(before)) })
    return status === 302 && (await Owner.query(database.db).findOne({ email })) !== undefined
  }

  it('is anybody while nobody has claimed the installation', async () => {
    await database.db('owners').delete()
    expect(await comesIn('first@fernhill.example')).toBe(true)
  })

  it('is the owner and nobody else once it is claimed', async () => {
    expect(await comesIn('stranger@elsewhere.example')).toBe(false)
    expect(await comesIn(workspace.owner.email)).toBe(true)
  })

  it('is whom ALLOWED_EMAILS names, by address or domain', async () => {
    settings.allowedEmails = ['ada@cloudsmith.example', '@northpeak.example']
    expect(await comesIn('ada@cloudsmith.example')).toBe(true)
    expect(await comesIn('bob@cloudsmith.example')).toBe(false)
    expect(await comesIn('tom@northpeak.example')).toBe(true)
    expect(await comesIn('tom@not-northpeak.example')).toBe(false)
  })

  it('is everybody under OPEN_SIGN_UP', async () => {
    settings.openSignUp = true
    expect(await comesIn('stranger@elsewhere.example')).toBe(true)
  })

  it('is an operator, and nobody else, where operators are named', async () => {
    await database.db('owners').delete()
    settings.operatorEmails = ['ops@fernhill.example']
    expect(await comesIn('stranger@elsewhere.example')).toBe(false)
    expect(await comesIn('ops@fernhill.example')).toBe(true)
  })

  it('is decided again when the link is used: somebody else may have claimed the installation since', async () => {
    await database.db('owners').delete()
    const browser = aBrowser()
    await browser.ask('late@elsewhere.example')
    const link = await mailedLink()
    await aWorkspace(context)

    const late = await browser.post('/sign-in/verify', { token: tokenOf(link) })
    expect(late.html).toContain('Sign-up is closed')
    expect(await Owner.query(database.db).findOne({ email: 'late@elsewhere.example' })).toBeUndefined()
  })

  it('makes the first workspace’s owner the operator, unless operators are named', async () => {
    context.advance(1_000)
    const second = await aWorkspace(context)
    await database
      .db('workspaces')
      .where({ id: second.id })
      .update({ created_at: new Date(Date.now() + 60_000) })

    expect([await isOperator(context, workspace.owner), await isOperator(context, second.owner)]).toEqual([true, false])
    settings.operatorEmails = [second.owner.email]
    expect([await isOperator(context, workspace.owner), await isOperator(context, second.owner)]).toEqual([false, true])
  })
})

describe('the sessions of an owner', () => {
  const signIn = async (userAgent: string) => {
    const browser = aBrowser({ 'User-Agent': userAgent })
    const nth = context.outbox.length
    await browser.ask(workspace.owner.email)
    await browser.post('/sign-in/verify', { token: tokenOf(await mailedLink(nth)) })
    return browser
  }

  it('are listed with the browser, the latest first, and end one by one', async () => {
    const phone = await signIn('Phone')
    context.advance(120_000)
    const desk = await signIn('Desk')
    context.advance(120_000)
    await phone.open('/app/cases')

    const [first, second] = await listSessions(context, workspace.owner.id)
    expect([first?.user_agent, second?.user_agent]).toEqual(['Phone', 'Desk'])
    await revokeSession(context, workspace.owner.id, first?.id ?? '')

    expect((await phone.open('/app/cases')).to).toBe('/sign-in')
    expect((await desk.open('/app/cases')).status).toBe(200)
    expect(await listSessions(context, workspace.owner.id)).toHaveLength(1)
  })

  it('have a page, which names the browsers and ends them', async () => {
    const phone = await signIn('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1')
    context.advance(3 * 3_600_000)
    const desk = await signIn('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0')

    const { html } = await desk.open('/app/sessions')
    expect(html.replace(/<[^>]+>/g, '')).toMatch(/Firefox on a Mac, this one.*Safari on an iPhone.*Used 3h ago/)
    const [, end = ''] = /action="(\/app\/sessions\/[^"]+\/end)"/.exec(html) ?? []
    expect((await desk.post(end, {})).to).toBe('/app/sessions')

    expect((await phone.open('/app/cases')).to).toBe('/sign-in')
    expect((await desk.open('/app/sessions')).html).not.toContain('iPhone')
    expect((await desk.post('/app/sessions/not-an-id/end', {})).status).toBe(404)
  })

  it('end all but one at a word', async () => {
    const [phone, desk] = [await signIn('Phone'), await signIn('Desk')]
    const kept = (await listSessions(context, workspace.owner.id)).find(({ user_agent }) => user_agent === 'Desk')

    await revokeSessions(context, workspace.owner.id, kept?.id)

    expect([(await phone.open('/app/cases')).status, (await desk.open('/app/cases')).status]).toEqual([302, 200])
  })

  it('end after a week without a visit, and after thirty days however often they are used', async () => {
    const [phone, desk] = [await signIn('Phone'), await signIn('Desk')]
    context.advance(6 * 86_400_000)
    expect((await desk.open('/app/cases')).status).toBe(200)
    context.advance(2 * 86_400_000)

    expect([(await phone.open('/app/cases')).to, (await desk.open('/app/cases')).status]).toEqual(['/sign-in', 200])
    expect(await listSessions(context, workspace.owner.id)).toHaveLength(1)
    for (let visit = 0; visit < 5; visit++) {
      expect((await desk.open('/app/cases')).status).toBe(200)
      context.advance(5 * 86_400_000)
    }
    expect((await desk.open('/app/cases')).to).toBe('/sign-in')
  })

  it('are one a browser: signing in again ends the one before', async () => {
    const browser = await signIn('Phone')
    const before = new Map(browser.jar)
    const nth = context.outbox.length
    await browser.ask(workspace.owner.email)
    await browser.post('/sign-in/verify', { token: tokenOf(await mailedLink(nth)) })

    expect(browser.jar.get('session')).not.toBe(before.get('session'))
    expect(await listSessions(context, workspace.owner.id)).toHaveLength(1)
    expect((await browser.open('/app/cases')).status).toBe(200)
  })

  it('are told to the log when they begin, and links that open none, by ids alone', async () => {
    context.logged.splice(0)
    const browser = await signIn('Phone')
    await browser.post('/sign-in/verify', { token: 'made-up' })

    const [session] = await listSessions(context, workspace.owner.id)
    const told = context.logged.map((line) => JSON.parse(line))
    expect(told).toEqual([
      expect.objectContaining({ ownerId: workspace.owner.id, sessionId: session?.id, msg: 'an owner signed in' }),
      expect.objectContaining({ link: 'unknown', msg: 'a sign-in link was refused' }),
    ])
  })

  it('are nobody else’s to end', async () => {
    const browser = await signIn('Phone')
    const other = await aWorkspace(context)
    const [session] = await Session.query(database.db).whereNull('revoked_at')

    await revokeSession(context, other.owner.id, session?.id ?? '')

    expect((await browser.open('/app/cases')).status).toBe(200)
  })
})
