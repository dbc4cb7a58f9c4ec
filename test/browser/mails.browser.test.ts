import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import {
  type CustomerMailProps,
  type MailInvoice,
  type MailTemplate,
  renderCustomerMail,
} from '../../emails/customer-mail.js'
import { renderDigest } from '../../emails/digest.js'
import { renderOwnerNotice } from '../../emails/owner-notice.js'
import { LANGUAGES } from '../../emails/words/languages.js'
import { formatMoney } from '../../src/domain/money.js'
import { anInvoice, UNPAID, VARIANTS } from '../emails/samples.js'
import { openChromium } from './chromium.js'
import { lookAtMails, type SheetMail } from './mail-sheets.js'

/* Every mail as it looks, many on a sheet: shots/mails-<language>-<scheme>-<width>.png. */

let browser: Browser
beforeAll(async () => {
  browser = await openChromium()
})
afterAll(() => browser?.close())

const TAGS = LANGUAGES.map(({ language }) => language)
const DAY = new Date('2026-11-24T12:00:00Z')

/** An invoice as the language formats it. */
function invoiceIn(language: string, over: Partial<MailInvoice> = {}, [amount, currency]: Sum = [149_000, 'eur']) {
  const day = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(DAY)
  const token = `${over.variant}-${amount}`
  return anInvoice(
    {
      amount: formatMoney({ amount, currency }, language),
      date: day({ dateStyle: 'long' }),
      nextAttempt: over.variant === 'authentication' ? null : day({ weekday: 'long', day: 'numeric', month: 'long' }),
      ...over,
    },
    token,
  )
}
type Sum = readonly [amount: number, currency: string]

async function mailIn(
  language: string,
  name: string,
  invoices: CustomerMailProps['invoices'],
  over: Partial<CustomerMailProps> = {},
): Promise<SheetMail> {
  const { html } = await renderCustomerMail({
    language,
    workspaceName: 'Fernhill',
    senderName: 'Maya',
    customerName: 'Erika Sample',
    invoices,
    ...over,
  })
  return { name, html, hasButton: invoices[0].template !== 'thank_you' }
}

const TEMPLATES: readonly MailTemplate[] = [...UNPAID, 'thank_you']
const TEAM = { plan: { label: 'Team', interval: 'month', intervalCount: 3 }, number: '7B20-0418' } as const
const GROWTH = { plan: { label: 'Growth', interval: 'week', intervalCount: 1 }, number: '51AE-0027' } as const

const everyMail = (language: string) =>
  Promise.all(
    TEMPLATES.flatMap((template) => [
      ...(template === 'thank_you' ? VARIANTS.slice(0, 1) : VARIANTS).map((variant) =>
        mailIn(language, `${template}, ${variant}`, [invoiceIn(language, { template, variant })]),
      ),
      mailIn(language, `${template}, several`, [
        invoiceIn(language, { template, variant: 'card' }),
        invoiceIn(language, { template, variant: 'authentication', ...TEAM }, [29_900, 'usd']),
        invoiceIn(language, { template, variant: 'funds', ...GROWTH }, [4_200, 'gbp']),
      ]),
    ]),
  )

const BARE = { plan: null, number: null, card: null, cardExpired: false, nextAttempt: null } as const
const NOBODY = { senderName: null, customerName: null } as const
const LONG_PLAN = {
  label: 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz-Vollversion',
  ...{ interval: null, intervalCount: null },
}
const LONG_NAME = {
  workspaceName: 'Molkereiprodukte-und-Feinkostgroßhandelsgesellschaft Mecklenburg-Vorpommern',
  senderName: 'Maximiliane-Alexandra Leutheusser-Schnarrenberger',
}
const RTL_NAME = { workspaceName: 'סטודיו לעיצוב', senderName: 'مايا', customerName: 'שרה כהן' }
const RTL_PLAN = { label: 'الخطة الاحترافية', interval: 'year', intervalCount: 1 } as const
const MARKUP = { workspaceName: '<b>Fern</b> & "Hill"', senderName: '<script>alert(1)</script>' }

/** What names and amounts from outside do to a mail. */
const oddMails = (language: string) => {
  const one = (over: Partial<MailInvoice>, sum?: Sum) => [invoiceIn(language, over, sum)] as const
  return Promise.all([
    mailIn(language, `${language}, nothing is known`, one({ ...BARE, variant: 'unknown' }), NOBODY),
    mailIn(
      language,
      `${language}, long names`,
      one({ variant: 'card', plan: LONG_PLAN, template: 'reminder' }),
      LONG_NAME,
    ),
    mailIn(
      language,
      `${language}, long names, several`,
      [
        invoiceIn(language, { variant: 'funds', plan: LONG_PLAN }, [123_456_789_000, 'idr']),
        invoiceIn(language, { variant: 'unknown', template: 'final_notice', ...BARE }, [14_900, 'jpy']),
      ],
      LONG_NAME,
    ),
    mailIn(
      language,
      `${language}, right to left`,
      one({ variant: 'funds', plan: RTL_PLAN }, [149_000, 'ils']),
      RTL_NAME,
    ),
    mailIn(
      language,
      `${language}, right to left, several`,
      [
        invoiceIn(language, { variant: 'card', plan: RTL_PLAN }, [149_000, 'kwd']),
        invoiceIn(language, { variant: 'authentication', plan: RTL_PLAN }, [149_000, 'jpy']),
      ],
      RTL_NAME,
    ),
    mailIn(language, `${language}, markup`, one({ variant: 'authentication' }, [1_490, 'bhd']), MARKUP),
  ])
}

describe('every mail fits a phone and a window, in the light and in the dark', () => {
  it.each(TAGS)('in %s', async (language) => {
    const mails = await everyMail(language)
    expect(mails).toHaveLength(17)
    expect(await lookAtMails(browser, language, mails, { contrast: language === 'en' })).toEqual([])
  })

  it.each([
    ['some', TAGS.slice(0, 3)],
    ['the other', TAGS.slice(3)],
  ])('with names and amounts of every kind, in %s languages', async (_, tags) => {
    const mails = (await Promise.all(tags.map(oddMails))).flat()
    expect(await lookAtMails(browser, `odd-${tags.join('-')}`, mails)).toEqual([])
  })

  it('to the owner', async () => {
    const panel = 'https://app.secondloop.example/app'
    const need = {
      who: LONG_PLAN.label,
      amount: '$1,490.00',
      why: 'Stripe has no mail address for this customer.',
      todo: 'Put one in Stripe, or reach them another way.',
    }
    const digest = await renderDigest({
      workspaceName: LONG_NAME.workspaceName,
      isTest: false,
      since: 'Monday 16 November 2026',
      rhythm: 'weekly',
      currencies: ['$', '€'].map((sign) => ({
        cameBack: { amount: `${sign}480.00`, cases: 3, short: `${sign}480`, assisted: `${sign}300.00` },
        wentBack: `${sign}20.00`,
        cameAgain: null,
        exposed: { amount: `${sign}1,204.00`, cases: 9 },
        open: { amount: `${sign}720.00`, cases: 5 },
        stalled: { amount: `${sign}149.00`, cases: 1 },
      })),
      needs: [0, 1, 2].map((n) => ({
        ...need,
        ...(n === 1 && { who: 'שרה כהן', amount: null }),
        action: { label: 'Open the case', link: `${panel}/cases/${n}` },
      })),
      needsTotal: 5,
      isKeyRefused: false,
      panelLink: panel,
      settingsLink: `${panel}/settings`,
    })
    const notice = await renderOwnerNotice({
      subject: 'Confirm this address for replies',
      paragraphs: [
        `${LONG_NAME.workspaceName} wants replies of its customers to come to this address.`,
        'It works once.',
      ],
      action: { label: 'Take replies here', link: `${panel}/confirm` },
      smallPrint: 'If you do not know what this is about, leave it be.',
    })
    const mails = [
      { name: 'digest', html: digest.html, hasButton: true },
      { name: 'notice', html: notice.html, hasButton: true },
    ]
    expect(await lookAtMails(browser, 'owner', mails, { contrast: true })).toEqual([])
  })
})
