import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '../../src/db/knex.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { serveApp, type TestWeb } from '../support/web.js'

/* What every answer carries, whoever gives it: the first proof that one came past the middleware is a missing header. */

const database = useDatabase()
const HOST = 'app.example.com'
let web: TestWeb

beforeAll(async () => {
  web = await serveApp(() => fakeContext({ db: database.db, settings: { appUrl: `https://${HOST}` } }))
})
afterAll(() => web.close())

/** Over plain HTTP, as behind a proxy that ends TLS. */
function ask(method: string, path: string, headers: Record<string, string> = {}, url = web.url) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const asking = request(url + path, { method, headers: { Host: HOST, ...headers } }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
      })
      asking.on('error', reject)
      asking.end()
    },
  )
}

const EVERY_KIND: [string, string, number][] = [
  ['GET', '/', 200],
  ['GET', '/sign-in', 200],
  ['GET', '/app', 302],
  ['GET', '/app/api/dashboard', 403],
  ['POST', '/sign-in', 403],
  ['GET', '/jobs', 404],
  ['GET', '/nothing', 404],
  ['GET', '/assets/nothing.css', 404],
  ['GET', '/r/unknown', 404],
  ['GET', '/healthz', 200],
  ['GET', '/readyz', 200],
  ['GET', '/metrics', 404],
  ['POST', '/webhooks/stripe/unknown', 404],
  ['POST', '/webhooks/resend', 404],
]

describe('every answer', () => {
  it.each(EVERY_KIND)('is kept to https, to its type and out of frames: %s %s', async (method, path, status) => {
    const answer = await ask(method, path)

    expect(answer.status).toBe(status)
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    for (const directive of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(answer.headers['content-security-policy']).toContain(directive)
    }
    if (answer.body) expect(answer.headers['content-type']).toMatch(/^(text|application)\/\w+; charset=utf-8$/)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers).not.toHaveProperty('x-powered-by')
  })

  it.each(['/', '/sign-in', '/healthz', '/webhooks/stripe/unknown'])(
    'gives nothing back of what TRACE sends to %s',
    async (path) => {
      const answer = await ask('TRACE', path, { Cookie: 'session=of-the-victim' })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.body).not.toContain('of-the-victim')
    },
  )
})

describe('a fault', () => {
  it('is told to the log and to nobody else', async () => {
    const db = connect('postgres://role:hunter2secret@127.0.0.1:1/nowhere')
    const context = fakeContext({ db, settings: { appUrl: `https://${HOST}` } })
    const broken = await serveApp(() => context)
    try {
      const answer = await ask('GET', '/sign-in/verify?token=x', {}, broken.url)
      expect(answer.status).toBe(500)
      expect(answer.body).toContain('We could not answer just now')
      expect(answer.body).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|hunter2secret|\.ts:/)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(context.logged.join()).toContain('ECONNREFUSED')
      expect(context.logged.join()).not.toContain('hunter2secret')
    } finally {
      await broken.close()
      await db.destroy()
    }
  })
})

describe('a page', () => {
  it('tells nobody where its reader came from', async () => {
    for (const path of ['/sign-in/verify?token=x', '/r/unknown', '/confirm-address?token=x']) {
      expect((await ask('GET', path)).headers['referrer-policy']).toBe('no-referrer')
    }
  })

  it('behind a token is kept by no cache', async () => {
    for (const path of ['/sign-in/verify?token=x', '/r/unknown', '/r/unknown/stop', '/confirm-address?token=x']) {
      expect((await ask('GET', path)).headers['cache-control']).toBe('no-store')
    }
  })
})
