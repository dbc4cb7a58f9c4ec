import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { aPerson, openChromium, type Watched } from './chromium.js'
import { signIn } from './sign-in.js'
import { openStage, type Stage, type StagedWorkspace } from './stage.js'

let stage: Stage
let maya: StagedWorkspace
let hers: RecoveryCase
let anothers: RecoveryCase
let browser: Browser
let owner: Watched

beforeAll(async () => {
  browser = await openChromium()
  stage = await openStage('way-in')
  maya = await stage.addWorkspace({ owner: 'maya@fernhill.example', name: 'Fernhill' })
  const other = await stage.addWorkspace({ owner: 'noor@quayside.example', name: 'Quayside' })
  // Both are told of the same invoice: each has a case of its own.
  const { invoice } = stage.stripe.failRenewal({ declineCode: 'expired_card' })
  hers = await stage.settledCase(invoice.id, { workspace_id: maya.id })
  anothers = await stage.settledCase(invoice.id, { workspace_id: other.id })
})
afterAll(async () => {
  await browser?.close()
  await stage?.stop()
})
beforeEach(async () => {
  owner = await aPerson(browser)
})
afterEach(async () => {
  await owner.person.close()
  expect(owner.complaints).toEqual([])
})

async function signedIn(): Promise<Page> {
  const page = await owner.person.newPage()
  await signIn(page, maya)
  return page
}

const sessionCookie = async () => {
  const [cookie] = await owner.person.cookies()
  return `${cookie?.name}=${cookie?.value}`
}

const get = (path: string, cookie = '') => fetch(`${stage.appUrl}${path}`, { headers: { cookie }, redirect: 'manual' })

describe('whoever is not signed in', () => {
  it.each(['/app', '/app/', '/app/cases', '/app/cases?follow'])(
    'is led from %s to exactly the sign-in page',
    async (path) => {
      const page = await owner.person.newPage()
      await page.goto(`${stage.appUrl}${path}`)
      expect(page.url()).toBe(`${stage.appUrl}/sign-in`)
      expect((await get(path)).headers.get('location')).toBe('/sign-in')
    },
  )

  it('is led there from a case too, whether or not there is one', async () => {
    for (const id of [hers.id, '0d5c4f5e-9d5b-4c43-8f5e-0b4a3f6f2c11', 'anything']) {
      const answer = await get(`/app/cases/${id}`)
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/sign-in'])
    }
  })
})

describe('a session', () => {
  it('keeps its cookie from scripts and from other sites', async () => {
    await signedIn()
    expect(await owner.person.cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }])
  })

  it('is over for good once signed out: its cookie opens nothing', async () => {
    const page = await signedIn()
    const cookie = await sessionCookie()
    expect((await get('/app/cases', cookie)).status).toBe(200)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${stage.appUrl}/sign-in`)
    expect(await owner.person.cookies()).toEqual([])

    const replayed = await get('/app/cases', cookie)
    expect([replayed.status, replayed.headers.get('location')]).toEqual([302, '/sign-in'])
    await page.goBack()
    expect(page.url()).toBe(`${stage.appUrl}/sign-in`)
  })

  it('shows the owner’s cases and nobody else’s', async () => {
    const page = await signedIn()
    expect((await page.goto(`${stage.appUrl}/app/cases/${hers.id}`))?.status()).toBe(200)
    expect((await page.goto(`${stage.appUrl}/app/cases/${anothers.id}`))?.status()).toBe(404)
    expect(await page.locator('main').innerText()).toContain('There is no page at this address')
    await page.goto(`${stage.appUrl}/app/cases`)
    expect(await page.locator('tbody tr').count()).toBe(1)
  })
})

describe('a request that another site makes the browser send', () => {
  let elsewhere: Server
  let elsewhereUrl: string

  beforeAll(async () => {
    elsewhere = createServer((incoming, response) => {
      const action = new URL(incoming.url ?? '/', 'http://elsewhere').searchParams.get('action') ?? ''
      response.setHeader('Content-Type', 'text/html')
      response.end(`<form method="post" action="${action}"><input name="token" value="x"><button>Win</button></form>`)
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    elsewhereUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  })
  afterAll(() => {
    elsewhere?.closeAllConnections()
    elsewhere?.close()
  })

  it.each(['/sign-out', '/sign-in/verify'])('is refused at %s, and the session goes on', async (path) => {
    const page = await signedIn()
    await page.goto(`${elsewhereUrl}/?action=${encodeURIComponent(`${stage.appUrl}${path}`)}`)
    const answered = page.waitForResponse(`${stage.appUrl}${path}`)
    await page.getByRole('button').click()
    expect((await answered).status()).toBe(403)
    expect(await page.locator('main').innerText()).toContain('did not come from our own page')

    expect((await get('/app/cases', await sessionCookie())).status).toBe(200)
  })

  it('is refused as well when it hides where it comes from', async () => {
    await signedIn()
    const headers = { cookie: await sessionCookie() }
    expect((await fetch(`${stage.appUrl}/sign-out`, { method: 'POST', headers, redirect: 'manual' })).status).toBe(403)
  })
})

describe('a forged host', () => {
  it.each(['/sign-in', '/app', '/app/cases', '/sign-in/verify?token=x'])('gets no answer at %s', async (path) => {
    expect(await statusUnderHost('panel.attacker.example', path)).toBe(421)
    expect(await statusUnderHost(new URL(stage.appUrl).host, path)).not.toBe(421)
  })
})

/** `fetch` names the host by itself. */
async function statusUnderHost(host: string, path: string): Promise<number | undefined> {
  const asked = request(`${stage.appUrl}${path}`, { headers: { host } }).end()
  const [answer] = await once(asked, 'response')
  answer.resume()
  return answer.statusCode
}
