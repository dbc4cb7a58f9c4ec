import { describe, expect, it } from '@jest/globals'
import { declineInWords } from '../../src/domain/decline.js'
import { DECLINE_CODES } from '../../src/domain/decline-codes.js'
import type { CasesView } from '../../src/web/pages/cases.js'
import { errorPage } from '../../src/web/pages/error.js'
import type { PanelProps } from '../../src/web/pages/parts/shell.js'
import { linkBusyPage, linkDonePage, linkUnreachablePage, stopPage } from '../../src/web/pages/recovery-link.js'
import { screenPage } from '../../src/web/pages/screen-page.js'
import { signInPage, signInSentPage, signInVerifyPage, tooOftenPage } from '../../src/web/pages/sign-in.js'
import { presentCase } from '../../src/web/presenters/case.js'
import { presentActions } from '../../src/web/presenters/case-actions.js'
import type { CaseListView } from '../../src/web/presenters/case-list.js'
import { presentCaseRow } from '../../src/web/presenters/case-row.js'
import type { NeedView } from '../../src/web/presenters/needs-human.js'
import { presentMoney } from '../../src/web/presenters/view.js'
import { customerPages, seen } from './customer-pages.js'
import { aCase, anEntry, aSentTouch, aView, minutesAgo } from './presenters/factories.js'

const postsOf = (html: string) => [...html.matchAll(/<form method="post" action="([^"]*)"/g)].map(([, to]) => to).sort()

const ATTACK = '<script>alert("x")</script>'
const panel: PanelProps = {
  workspaceName: 'Fernhill',
  ownerEmail: 'maya@fernhill.example',
  mode: 'live',
  openCases: 1,
  isOperator: false,
}

const scripts = ['/app/client/client.js']

const aList = (over: Partial<CaseListView> = {}): CaseListView => ({
  tabs: [{ label: 'All', href: '/app/cases', count: '1', isHere: true }],
  view: 'all',
  search: '',
  currencies: [],
  orders: [{ value: 'newest', label: 'Newest first', isChosen: true }],
  rows: [presentCaseRow(aCase(), [aSentTouch()], aView())],
  empty: 'No case matches these filters.',
  extent: '1 case, newest first',
  earlier: null,
  later: null,
  clearHref: null,
  csvHref: '/app/cases.csv',
  ofConnection: { needs: [], total: 0 },
  ...over,
})

const theList = (list: Partial<CaseListView> = {}, over: Partial<CasesView> = {}, around: Partial<PanelProps> = {}) =>
  screenPage({
    name: 'cases',
    title: 'Cases',
    panel: { ...panel, ...around },
    scripts,
    view: { list: aList(list), promptsOn: true, unwritten: 0, ...over },
  })

const aNeedView = (over: Partial<NeedView> = {}): NeedView => ({
  who: 'Tidewater',
  href: '/app/cases/1',
  amount: presentMoney(24_900, 'usd', aView()),
  at: '2026-11-13T14:00:00.000Z',
  exact: 'Friday 13 November 2026, 15:00:00',
  age: '9d',
  why: 'Nothing is planned.',
  todo: 'Write to them yourself.',
  action: { label: 'Open the case', href: '/app/cases/1' },
  ...over,
})

const theCase = (over: Parameters<typeof aCase>[0] = {}, text = 'Hello') =>
  screenPage({
    name: 'case',
    title: 'Cloudsmith',
    panel,
    scripts,
    view: {
      recoveryCase: presentCase(
        {
          recoveryCase: aCase(over),
          entries: [anEntry('charge_failed', { code: 'expired_card', attempt: 1, card: 'Visa ending 4242' })],
          touches: [aSentTouch()],
          mails: [
            {
              id: 'mail',
              to_address: 'ap@cloudsmith.example',
              from_address: 'mail@fernhill.example',
              subject: 'Your renewal needs a new card',
              accepted_at: minutesAgo(40),
              refused_at: null,
              reason: null,
              text,
            },
          ],
          connection: { mode: 'live' },
        },
        aView(),
      ),
      actions: presentActions(aCase(over), 'request-id', aView()),
    },
  })

const from = { language: 'en', workspaceName: 'Fernhill' }
const CUSTOMER_PAGES = {
  ...customerPages('en'),
  'the error page': errorPage({ status: 404, title: 'Nothing here', what: 'No page.', next: 'Check the link.' }),
}
const ALL_PAGES = {
  ...CUSTOMER_PAGES,
  'the list of cases': theList(),
  'a case': theCase(),
  'sign-in': signInPage({ hasMail: true }),
  'sign-in with a fault': signInPage({ hasMail: true, typed: 'ada', fault: 'This is not a mail address.' }),
  'the asked-for link': signInSentPage({ hasMail: true, email: 'ada@cloudsmith.example' }),
  'the sign-in button': signInVerifyPage({ token: 'token', state: 'valid', hasMail: true }),
  'a link of another browser': signInVerifyPage({ token: 'token', state: 'elsewhere', hasMail: true }),
  'too many links': tooOftenPage({ waitSeconds: 90 }),
}

describe.each(Object.entries(ALL_PAGES))('%s', (_, html) => {
  it('is a whole document with one heading, for people and not for search engines', () => {
    expect(html).toMatch(/^<!doctype html><html lang="en">/)
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"/>')
    expect(html).toContain('<meta name="color-scheme" content="light dark"/>')
    expect(html).toContain('noindex')
    expect(html).toMatch(/<title>[^<]+<\/title>/)
    expect(html.match(/<h1/g)).toHaveLength(1)
    expect(html.match(/<main/g)).toHaveLength(1)
  })

  it('brings no inline script or style, and loads nothing from elsewhere', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/)
    const attributes = [...html.matchAll(/<script([^>]*)>/g)].map(([, each]) => each)
    expect(attributes.filter((each) => !/^ src="\/app\/client\/|^ type="application\/json" /.test(each ?? ''))).toEqual(
      [],
    )
    const loaded = [...html.matchAll(/<(?:link|img|use|iframe)[^>]*(?:href|src)="([^"]*)"/g)].map(([, url]) => url)
    expect(loaded.filter((url) => !url?.startsWith('/assets/'))).toEqual([])
  })
})

describe.each(Object.entries(CUSTOMER_PAGES))('%s', (_, html) => {
  it('is the workspace’s, not ours', () => {
    expect(html).not.toMatch(/second ?loop/i)
  })

  it('never tells why a card was declined', () => {
    const text = seen(html).toLowerCase()
    const codes = Object.values(DECLINE_CODES).flatMap((ofClass) => Object.keys(ofClass))
    // `rule`, `missing` and the like are words of their own; a code is recognised by its underscore.
    expect(codes.filter((code) => code.includes('_') && text.includes(code))).toEqual([])
    expect(codes.filter((code) => text.includes(declineInWords(code).toLowerCase()))).toEqual([])
    expect(text).not.toMatch(/declin|stolen|fraud|expired|funds|uncollectible|written off|dismissed|lost/)
  })
})

describe('the list of cases', () => {
  it('says all of a case on one line', () => {
    const text = seen(theList())
    expect(text).toContain('Cloudsmith Pro annual 41m since failure Waiting for the customer')
    expect(text).toContain('The card has expired expired_card $1,490.00')
    expect(theList()).toContain('<span class="cents">.00</span>')
  })

  it('leads to each case', () => {
    expect(theList()).toContain(`href="/app/cases/${aCase().id}"`)
  })

  it('keeps the exact time behind an age', () => {
    expect(theList()).toContain(
      '<time dateTime="2026-11-22T13:19:00.000Z" title="Sunday 22 November 2026, 14:19:00">41m since failure</time>',
    )
  })

  it('says why there is none, and offers no file of nothing', () => {
    expect(seen(theList({ rows: [] }))).toContain('No case matches these filters.')
    expect(theList({ rows: [] })).not.toContain('Download')
    expect(theList()).toContain('href="/app/cases.csv"')
  })

  it('says plainly that prompts are off', () => {
    expect(seen(theList({}, { promptsOn: false, unwritten: 3 }))).toContain(
      'Prompts are off. 3 renewals are unpaid and nobody has written to these customers.',
    )
    expect(seen(theList({}, { promptsOn: false, unwritten: 1 }))).toContain('1 renewal is unpaid')
    expect(seen(theList())).not.toContain('Prompts are off')
  })

  it('says of a case that needs a human what to do, and where', () => {
    const action = { label: 'Open in Stripe', href: 'https://dashboard.stripe.com/customers/cus_1' }
    const html = theList({ rows: [presentCaseRow(aCase(), [aSentTouch()], aView(), aNeedView({ action }))] })
    expect(seen(html)).toContain(
      '41m since failure Nothing is planned. Write to them yourself. Open in Stripe for Cloudsmith',
    )
    expect(html).toContain('<span class="state attention">')
  })

  it('says first that Stripe refuses the key', () => {
    const needs = [aNeedView({ who: 'Your Stripe key', href: null, amount: null, why: 'Stripe refuses the key.' })]
    expect(seen(theList({ ofConnection: { needs, total: 1 } }))).toMatch(
      /Your Stripe key .*Stripe refuses.* Cloudsmith/,
    )
    expect(seen(theList())).not.toContain('human')
  })

  it('marks the view that is shown, keeps it in the form, and says how many there are', () => {
    const tabs = [
      { label: 'All', href: '/app/cases', count: '1,204', isHere: false },
      { label: 'Open', href: '/app/cases?view=open', count: null, isHere: true },
    ]
    const html = theList({ tabs, view: 'open', extent: '50 of 1,204 cases, newest first' })
    expect(html).toContain('<a href="/app/cases?view=open" aria-current="true">Open</a>')
    expect(html).toContain('<input type="hidden" name="view" value="open"/>')
    expect(seen(html)).toContain('50 of 1,204 cases, newest first')
  })

  it('marks test money as such', () => {
    expect(seen(theList({}, {}, { mode: 'test' }))).toContain('Test mode')
    expect(seen(theList())).not.toContain('Test mode')
  })

  it('shows hostile names as text', () => {
    const rows = [presentCaseRow(aCase({ customer_name: ATTACK, plan_label: ATTACK }), [], aView())]
    const html = theList({ rows, search: ATTACK }, {}, { workspaceName: ATTACK })
    expect(html).not.toContain('<script>')
    expect(seen(html)).toContain('<script>alert')
  })
})

describe('a case', () => {
  it('shows the proof, the mail and the way into Stripe', () => {
    const text = seen(theCase())
    expect(text).toContain('Charge failed The card has expired. Visa ending 4242. First attempt. expired_card')
    expect(text).toContain('Subject Your renewal needs a new card')
    expect(text).toContain('Accepted by the mail provider Sun 22 Nov, 14:20')
    expect(theCase()).toContain('href="https://dashboard.stripe.com/invoices/in_1QcRenewal" rel="noreferrer"')
  })

  it('keeps the lines of the mail’s plain text', () => {
    expect(theCase({}, 'Hello,\n\nMaya')).toContain('Hello,\n\nMaya')
  })

  it('offers what can be done to it, and asks once more before money moves or the case ends', () => {
    expect(postsOf(theCase())).toEqual(
      [
        '/sign-out',
        ...['link', 'send', 'pause', 'retry', 'dismiss'].map((each) => `/app/cases/${aCase().id}/${each}`),
      ].sort(),
    )
    const text = seen(theCase({ amount_remaining: 48_000 }))
    expect(text).toMatch(/Retry payment….* Charge \$480\.00/)
    expect(text).toMatch(/Dismiss….* Dismiss \$480\.00/)
    expect(theCase()).toContain('<input type="hidden" name="request" value="request-id"/>')
  })

  it('offers to resume what is paused', () => {
    const text = seen(theCase({ paused_at: minutesAgo(5) }))
    expect(text).toContain('Resume')
    expect(text).not.toContain('Pause ')
  })

  it('has no button once it is closed', () => {
    expect(postsOf(theCase({ outcome: 'dismissed', closed_at: minutesAgo(1) }))).toEqual(['/sign-out'])
  })

  it('shows hostile names and mails as text', () => {
    expect(theCase({ customer_name: ATTACK, customer_email: ATTACK }, ATTACK)).not.toContain('<script>')
  })
})

describe('signing in', () => {
  it.each([
    ['used', 'This link has already been used', 'Mail me a new link'],
    ['expired', 'This link has expired', 'Mail me a new link'],
    ['elsewhere', 'It is still good there', 'Mail me a new link'],
    ['unknown', 'This link does not work', 'Use another address'],
    ['closed', 'Ask whoever runs it to add you', 'Use another address'],
  ] as const)('says what to do when the link is: %s', (state, words, way) => {
    const html = seen(signInVerifyPage({ token: 'token', state, hasMail: true }))
    expect(html).toContain(words)
    expect(html).toContain(way)
  })

  it('says where the link appears when there is no mail provider', () => {
    expect(seen(signInPage({ hasMail: false }))).toContain('in the terminal that SecondLoop runs in')
  })

  it('keeps what was typed, as text, with the reason beside it', () => {
    const html = signInPage({ hasMail: true, typed: '"><script>', fault: 'This is not a mail address.' })
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;"')
    expect(html).toContain('aria-invalid="true"')
    expect(html).toMatch(/aria-describedby="email-fault"/)
  })

  it('takes one press, which posts the token', () => {
    const html = signInVerifyPage({ token: '"><b>', state: 'valid', hasMail: true })
    expect(html).toContain('<form method="post" action="/sign-in/verify">')
    expect(html).toContain('<input type="hidden" name="token" value="&quot;&gt;&lt;b&gt;"/>')
    expect(html.match(/<button/g)).toHaveLength(1)
  })
})

describe('a customer’s page', () => {
  it('offers an address when Stripe cannot be reached', () => {
    const html = linkUnreachablePage({ ...from, replyTo: 'maya@fernhill.example' })
    expect(html).toContain('href="mailto:maya@fernhill.example"')
    const odd = linkUnreachablePage({ ...from, replyTo: 'a?bcc=all@fernhill.example' })
    expect(odd).toContain('href="mailto:a%3Fbcc%3Dall@fernhill.example"')
  })

  it('promises no date for the next try', () => {
    const text = seen(linkDonePage({ ...from, kind: 'saved', link: '/r/token' }))
    expect(text).toContain('your card is saved We take care of the payment.')
    expect(text).not.toMatch(/\d/)
  })

  it('stops reminders by a button, then says so without one', () => {
    const asking = stopPage({ ...from, action: '/r/token/stop', all: false, stopped: false })
    expect(asking).toContain('<form method="post" action="/r/token/stop">')
    const stopped = stopPage({ ...from, action: '/r/token/stop', all: false, stopped: true })
    expect(stopped).not.toContain('<form')
    expect(seen(stopped)).toContain('Reminders are stopped')
  })

  it('shows a hostile workspace name as text', () => {
    expect(linkBusyPage({ ...from, workspaceName: ATTACK })).not.toContain('<script>')
  })
})
