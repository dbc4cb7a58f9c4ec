import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { type SignedInBrowser, signIn } from '../support/signed-in.js'
import { aStoredCase, HOUR } from '../support/stored-cases.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()

let context: FakeContext
let web: TestWeb
let workspace: TestWorkspace
let browser: SignedInBrowser

beforeAll(async () => {
  web = await serveApp((appUrl) => {
    context = fakeContext({ db: database.db, settings: { appUrl } })
    return context
  })
})
beforeEach(async () => {
  workspace = await aWorkspace(context)
  browser = await signIn(web, context, workspace.owner)
})
afterAll(() => web.close())

type Over = Parameters<typeof aStoredCase>[2]
const aCase = (over: Over = {}) => aStoredCase(context, workspace, over)
const named = (customer_name: string, over: Over = {}) => aCase({ customer_name, ...over })
const closed = (outcome: 'recovered' | 'lost' | 'dismissed', name: string) => {
  const figures = { recovered: 0, lost: 0, dismissed: 0, open: 0, [outcome]: 14_900 }
  return named(name, { ...figures, outcome, closed_at: context.now() } as Over)
}

const read = async (path = '/app/cases') => {
  const answer = await browser.get(path)
  expect(answer.status).toBe(200)
  return answer.text()
}
const plain = (html: string) =>
  html
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
const customers = (html: string) => [...html.matchAll(/class="name" href="[^"]*">([^<]*)</g)].map(([, name]) => name)
const listed = async (query = '') => customers(await read(`/app/cases${query}`))
const linkTo = (html: string, label: string) =>
  new RegExp(`href="([^"]*)"[^>]*>${label}<`).exec(html)?.[1]?.replaceAll('&amp;', '&')

/** The newest is number 1. */
async function numbered(count: number, over: (n: number) => Over = () => ({})) {
  const cases: RecoveryCase[] = []
  for (let n = 1; n <= count; n += 1) cases.push(await named(`Number ${n}`, { ago: n * HOUR, ...over(n) }))
  return cases
}

describe('the views of the cases', () => {
  it('show the cases that stand so, and count them', async () => {
    await named('Open One')
    await named('Without Address', { customer_email: null, ago: 2 * HOUR })
    await closed('recovered', 'Back Again')
    await closed('lost', 'Gone')

    expect(plain(await read())).toContain('All 4 Needs a human 1 Open 2 Recovered 1 Lost 1')
    expect(await listed('?view=open')).toEqual(['Open One', 'Without Address'])
    expect(await listed('?view=recovered')).toEqual(['Back Again'])
    expect(await listed('?view=lost')).toEqual(['Gone'])
    expect(await listed('?view=human')).toEqual(['Without Address'])
    expect(plain(await read('/app/cases?view=human'))).toContain('Put one in Stripe, or reach them another way.')
  })

  it('name the rarer ways to end only where a case ended so', async () => {
    await named('Open One')
    expect(plain(await read())).not.toContain('Dismissed')
    await closed('dismissed', 'Pays by Transfer')
    expect(plain(await read())).toContain('Dismissed 1')
    expect(await listed('?view=dismissed')).toEqual(['Pays by Transfer'])
  })

  it('say in words that there is nothing', async () => {
    expect(plain(await read())).toContain('No renewal has failed since you turned prompts on.')
    expect(plain(await read('/app/cases?view=human'))).toContain('Nothing needs you. Last checked just now.')
    expect(plain(await read('/app/cases?view=lost'))).toContain('Nothing is lost.')
    expect(plain(await read('/app/cases?currency=eur'))).toContain('No case matches these filters.')
  })

  it('show nothing of another workspace or of an earlier connection', async () => {
    const other = await aWorkspace(context)
    const foreign = await aStoredCase(context, other, { customer_name: 'Foreign' })
    await named('Own')
    for (const query of ['', '?q=Foreign', '?view=open', `?q=${foreign.stripe_invoice_id}`, `?before=${foreign.id}`]) {
      expect(await read(`/app/cases${query}`)).not.toContain('>Foreign<')
      expect(await (await browser.get(`/app/cases.csv${query}`)).text()).not.toContain('Foreign')
    }
    expect(await listed(`?after=${foreign.id}`)).toEqual([])
  })
})

describe('the search', () => {
  it.each([
    ['the beginning of a name', 'harBOR an'],
    ['the beginning of an address', 'billing@harbor'],
    ['the beginning of an invoice number', 'f3a2-00'],
    ['a whole invoice id', 'in_harbor'],
    ['a whole customer id', 'cus_harbor'],
  ])('finds by %s', async (_, typed) => {
    await named('Harbor Analytics', {
      customer_email: 'billing@harbor.example',
      invoice_number: 'F3A2-0007',
      stripe_invoice_id: 'in_harbor',
      stripe_customer_id: 'cus_harbor',
    })
    await named('Tidewater', { invoice_number: 'F3B2-0007' })
    const html = await read(`/app/cases?q=${encodeURIComponent(` ${typed} `)}`)
    expect(customers(html)).toEqual(['Harbor Analytics'])
    expect(plain(html)).toContain('All 1 Needs a human 0 Open 1')
  })

  it.each([
    ['a percent sign', '%'],
    ['an underscore', '_____'],
    ['a backslash', '\\'],
    ['control characters', 'a\u0000\u0007\u001b'],
    ['half a character', '\ud800'],
    ['ten kilobytes', 'x'.repeat(10_000)],
    ['a quote', "'; drop table recovery_cases; --"],
  ])('finds nothing for %s, and says so', async (_, typed) => {
    await named('Harbor Analytics')
    const query = new URLSearchParams({ q: typed }).toString()
    const html = await read(`/app/cases?${query}`)
    expect(customers(html)).toEqual([])
    expect(plain(html)).toContain('No case matches these filters. Search looks at how names')
    expect((await (await browser.get(`/app/cases.csv?${query}`)).text()).trim().split('\n')).toHaveLength(1)
  })

  it('takes a percent sign in a name for what it is', async () => {
    await named('100% Cotton')
    await named('1000 Things')
    expect(await listed('?q=100%25')).toEqual(['100% Cotton'])
  })

  it.each([
    'view=constructor',
    'order=random()',
    'currency=__proto__',
    'after=1',
    'before=%00',
    'q=a&q=b',
    'view[]=open&after[id]=1',
  ])('takes %s for the plain list', async (query) => {
    await named('Harbor Analytics')
    expect(await listed(`?${query}`)).toEqual(['Harbor Analytics'])
  })
})

describe('the order of the cases', () => {
  it('is by age, and by amount only within one currency', async () => {
    await named('Yen', { ago: HOUR, currency: 'jpy', exposure: 900_000 })
    await named('Small', { ago: 2 * HOUR, exposure: 100 })
    await named('Large', { ago: 3 * HOUR, exposure: 500_000 })

    expect(await listed()).toEqual(['Yen', 'Small', 'Large'])
    expect(await listed('?order=oldest')).toEqual(['Large', 'Small', 'Yen'])
    expect(await listed('?currency=usd&order=largest')).toEqual(['Large', 'Small'])
    expect(await listed('?order=largest')).toEqual(['Yen', 'Small', 'Large'])
    expect(await read()).not.toContain('Largest first')
    expect(await read('/app/cases?currency=usd')).toContain('Largest first')
    expect(plain(await read())).toContain('Any currency JPY USD')
  })

  it('needs no choice of a currency where there is one', async () => {
    await named('Small', { ago: HOUR, exposure: 100 })
    await named('Large', { ago: 2 * HOUR, exposure: 500_000 })
    const html = await read('/app/cases?order=largest')
    expect(customers(html)).toEqual(['Large', 'Small'])
    expect(html).not.toContain('Any currency')
  })
})

describe('the pages of the list', () => {
  it.each([
    ['newest', 'Newer', 'Older'],
    ['oldest', 'Older', 'Newer'],
    ['largest', 'Larger', 'Smaller'],
  ])('lead through all cases and back, the %s first', async (order, earlier, later) => {
    // Some at the same moment and of the same amount: their order has to hold nevertheless.
    await numbered(120, (n) => ({ ago: Math.ceil(n / 7) * HOUR, exposure: 1_000 * Math.ceil(n / 7) }))
    const pages: string[][] = []
    let html = await read(`/app/cases?order=${order}`)
    expect(plain(html)).toContain(`50 of 120 cases, ${order} first`)
    expect(linkTo(html, earlier)).toBeUndefined()
    for (let link: string | undefined = '/app/cases'; link; ) {
      pages.push(customers(html) as string[])
      link = linkTo(html, later)
      if (link) html = await read(link)
    }
    expect(pages.map((page) => page.length)).toEqual([50, 50, 20])
    expect(new Set(pages.flat()).size).toBe(120)

    html = await read(linkTo(html, earlier))
    expect(customers(html)).toEqual(pages[1])
    html = await read(linkTo(html, earlier))
    expect(customers(html)).toEqual(pages[0])
    expect(linkTo(html, earlier)).toBeUndefined()
  })

  it('stay where they are when a case comes in', async () => {
    await numbered(60)
    const second = linkTo(await read(), 'Older') ?? ''
    const before = await listed(second.replace('/app/cases', ''))
    await named('Just Now', { ago: 0 })
    expect(await listed(second.replace('/app/cases', ''))).toEqual(before)
  })

  it('keep what was searched and chosen, also on the way to a case and back', async () => {
    const [first] = await numbered(51)
    await named('Else', { currency: 'eur' })
    const html = await read('/app/cases?view=open&q=number&currency=usd&order=oldest')
    expect(linkTo(html, 'Newer')).toMatch(/^\/app\/cases\?view=open&q=number&currency=usd&order=oldest&after=/)
    expect(linkTo(html, 'Recovered')).toBe('/app/cases?view=recovered&q=number&currency=usd&order=oldest')
    const last = await read('/app/cases?view=open&q=number')
    const there = await read(linkTo(last, 'Number 1'))
    expect(linkTo(last, 'Number 1')).toBe(`/app/cases/${first?.id}?view=open&q=number`)
    expect(there).toContain('class="crumb" href="/app/cases?view=open&amp;q=number"')
  })
})

describe('the list as CSV', () => {
  const csv = async (query = '') => {
    const answer = await browser.get(`/app/cases.csv${query}`)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="cases-\d{4}-\d\d-\d\d\.csv"$/)
    return (await answer.text()).replace('\ufeff', '').trim().split('\n')
  }

  it('has every page, in the order of the list', async () => {
    await numbered(120)
    const [head, ...rows] = await csv()
    expect(head).toMatch(/^customer,mail,plan,invoice,.*,currency,exposure,recovered,/)
    expect(rows).toHaveLength(120)
    expect([rows[0], rows[119]].map((row) => row?.split(',')[0])).toEqual(['Number 1', 'Number 120'])
    expect(await csv(`?q=number%201&order=oldest`)).toHaveLength(1 + 32)
  })

  it('has amounts as plain numbers beside their currency, and only what the list shows', async () => {
    await named('Kuwait', { currency: 'kwd', exposure: 1_500, open: 1_500 } as Over)
    await named('Yen', { currency: 'jpy', exposure: 500 })
    await closed('lost', 'Gone')
    const rows = await csv('?view=open')
    expect(rows.find((row) => row.startsWith('Kuwait'))).toContain(',kwd,1.500,0.000,0.000,1.500,0.000,')
    expect(rows.find((row) => row.startsWith('Yen'))).toContain(',jpy,500,0,0,500,0,0,0')
    expect(rows.some((row) => row.startsWith('Gone'))).toBe(false)
  })

  it('lets no cell run as a formula', async () => {
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx']
    for (const name of names) await named(name)
    const text = (await csv()).join('\n')
    for (const name of names) expect(text).toContain(`'${name}`)
    expect(text).not.toMatch(/(^|\n|,)"?[=+@\t\r-]/)
  })

  it('is nobody’s who is not signed in', async () => {
    const answer = await fetch(`${web.url}/app/cases.csv`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/sign-in'])
  })
})
