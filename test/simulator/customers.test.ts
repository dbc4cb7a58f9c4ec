import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Resend } from 'resend'
import Stripe from 'stripe'
import { type CustomerAct, type CustomerBehaviour, recoveryLink, startCustomers } from './customers.js'
import { type Simulators, startSimulators } from './index.js'

/** The least of a product: `/r/<customer>` leads into the portal, and the portal back to `/r/<customer>/done`. */
let product: Server
let simulators: Simulators
let fetched: string[]
let customers: { stop(): void } | undefined

beforeEach(async () => {
  fetched = []
  simulators = await startSimulators({ seed: 'customers', stripe: { clock: { manual: true } } })
  const stripe = new Stripe(simulators.stripe.addKey(), simulators.stripe.sdkOptions)
  product = createServer(async (request, response) => {
    fetched.push(`${request.method} ${request.url}`)
    const customer = /^\/r\/(\w+)$/.exec(request.url ?? '')?.[1]
    if (!customer || request.method === 'HEAD') return void response.end('done')
    const redirect = { return_url: `${productUrl()}/r/${customer}/done` }
    const session = await stripe.billingPortal.sessions.create({
      customer,
      flow_data: { type: 'payment_method_update', after_completion: { type: 'redirect', redirect } },
    })
    response.writeHead(302, { location: session.url }).end()
  })
  product.listen(0, '127.0.0.1')
  await once(product, 'listening')
})
afterEach(async () => {
  customers?.stop()
  product.close()
  product.closeAllConnections()
  await simulators.stop()
})

function productUrl(): string {
  return `http://127.0.0.1:${(product.address() as AddressInfo).port}`
}

async function failAndMail(count: number): Promise<void> {
  const resend = new Resend(simulators.mail.addKey(), { baseUrl: simulators.mail.url })
  for (let made = 0; made < count; made += 1) {
    const { customer } = simulators.stripe.failRenewal()
    const text = `Please update your card: ${productUrl()}/r/${customer.id}\nStop: ${productUrl()}/r/${customer.id}/stop`
    await resend.emails.send({ from: 'a@b.example', to: customer.email ?? '', subject: 'Renewal', text })
  }
}

async function actsWithin(behaviour: CustomerBehaviour, ms: number, enough = Number.POSITIVE_INFINITY) {
  const acts: CustomerAct[] = []
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    customers = startCustomers({
      inboxUrl: simulators.mail.url,
      seed: 'customers',
      behaviour: { pollMs: 20, atOnceMs: [0, 20], ...behaviour },
      onAct: (act) => {
        acts.push(act)
        if (acts.length < enough) return
        clearTimeout(timer)
        resolve()
      },
    })
  })
  return acts
}

describe('simulated customers', () => {
  it('open the link, save a card and come back', async () => {
    await failAndMail(3)

    const acts = await actsWithin({ atOnce: 1 }, 5_000, 3)

    expect(acts.map(({ outcome, page }) => [outcome, page.url.endsWith('/done')])).toEqual(
      Array.from({ length: 3 }, () => ['submitted', true]),
    )
    for (const customer of simulators.stripe.account.store.customers) {
      const card = customer.invoice_settings.default_payment_method ?? ''
      expect(simulators.stripe.account.store.paymentMethods.get(card)?.card.last4).toBe('4242')
    }
  })

  it('differ: some act, some never do', async () => {
    await failAndMail(20)

    const acts = await actsWithin({ atOnce: 0.5 }, 1_500)

    expect(acts.length).toBeGreaterThan(3)
    expect(acts.length).toBeLessThan(17)
  })

  it('may try a declined card first, and may have a scanner before them', async () => {
    await failAndMail(2)

    const acts = await actsWithin({ atOnce: 1, clumsy: 1, scanned: 1 }, 5_000, 2)

    expect(acts.every(({ outcome }) => outcome === 'submitted')).toBe(true)
    expect(fetched.filter((line) => line.startsWith('HEAD'))).toHaveLength(2)
  })

  it('wait for a reminder when they are of that kind', async () => {
    await failAndMail(1)
    const link = recoveryLink(simulators.mail.inbox.mails[0]!)
    expect(link).toMatch(/\/r\/cus_\w+$/)

    expect(await actsWithin({ atOnce: 0, onReminder: 1 }, 200)).toEqual([])
    customers?.stop()
    const { text, to } = simulators.mail.inbox.mails[0]!
    const resend = new Resend(simulators.mail.addKey(), { baseUrl: simulators.mail.url })
    await resend.emails.send({ from: 'a@b.example', to: [...to], subject: 'Reminder', text: text ?? '' })
    expect(await actsWithin({ atOnce: 0, onReminder: 1 }, 5_000, 1)).toHaveLength(1)
  })
})
