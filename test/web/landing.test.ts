import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
let web: TestWeb
beforeAll(async () => {
  web = await serveApp((appUrl) => fakeContext({ db: database.db, settings: { appUrl } }))
})
afterAll(() => web.close())

describe('the page at the front', () => {
  it('promises what the product does, and leads to the sign-in', async () => {
    const html = await (await fetch(web.url)).text()

    for (const words of [
      'Catch failed Stripe renewals before they become invisible revenue loss.',
      'Silent churn is still churn',
      '&lt; 5 min',
      'Read, route, recover',
      'Sign in with a magic link, create the owner workspace, and claim the operator shell.',
      'an example',
    ]) {
      expect(html).toContain(words)
    }
    expect(html).toContain('href="/sign-in"')
    expect(html).not.toContain('<script')
  })

  it('can be found and shared: its picture is there, and nothing comes from elsewhere', async () => {
    const html = await (await fetch(web.url)).text()
    const picture = /property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? ''

    expect(html).not.toContain('noindex')
    expect(html).toContain(`<link rel="canonical" href="${web.url}/"/>`)
    const answer = await fetch(picture)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'image/png'])
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630])
    for (const [, address = ''] of html.matchAll(/(?:href|src|content)="(https?:[^"]+)"/g)) {
      expect(address.startsWith(web.url)).toBe(true)
    }
  })
})
