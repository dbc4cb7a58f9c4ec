import { describe, expect, it } from '@jest/globals'
import type { CustomerMailProps, MailInvoice, MailTemplate, MailVariant } from '../../emails/customer-mail.js'
import { LANGUAGES, saysItsRhythm, wordsIn } from '../../emails/words/languages.js'
import { formatMoney } from '../../src/domain/money.js'
import { NEVER_SAID } from './never-said.js'
import {
  anInvoice,
  aPlan,
  buttonsIn,
  everyWord,
  linkOf,
  linksIn,
  mail,
  mailAbout,
  type RenderedMail,
  seen,
  stopLinkOf,
  UNPAID,
  unwrapped,
  VARIANTS,
} from './samples.js'

const TAGS = LANGUAGES.map(({ language }) => language)
const TEMPLATES: readonly MailTemplate[] = [...UNPAID, 'thank_you']

/** All that a mail can be, in each language. Thanks are the same whatever had failed. */
const EVERY_MAIL = TAGS.flatMap((language) =>
  TEMPLATES.flatMap((template) =>
    (template === 'thank_you' ? VARIANTS.slice(0, 1) : VARIANTS).flatMap((variant) =>
      [1, 2].map((count) => ({ language, template, variant, count })),
    ),
  ),
)

interface Kind {
  language: string
  template: MailTemplate
  variant: MailVariant
  count: number
}

const TOKENS = ['9fK2pXw7', 'second']
const inLanguage = (language: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(new Date('2026-11-24T12:00:00Z'))
const nextAttemptIn = (language: string) => inLanguage(language, { weekday: 'long', day: 'numeric', month: 'long' })
const amountIn = (language: string) => formatMoney({ amount: 149_000, currency: 'eur' }, language)

const invoicesOf = ({ language, template, variant, count }: Kind, over: Partial<MailInvoice>) => {
  const [first, ...others] = TOKENS.slice(0, count).map((token) =>
    anInvoice(
      {
        template,
        variant,
        amount: amountIn(language),
        date: inLanguage(language, { dateStyle: 'long' }),
        ...over,
      },
      token,
    ),
  )
  return [first!, ...others] as const
}

const render = (kind: Kind, over: Partial<MailInvoice> = {}, props: Partial<CustomerMailProps> = {}) =>
  mail({ language: kind.language, customerName: 'Erika Sample', invoices: invoicesOf(kind, over), ...props })

const BARE: Partial<MailInvoice> = { plan: null, number: null, card: null, cardExpired: false, nextAttempt: null }
const NOBODY: Partial<CustomerMailProps> = { senderName: null, customerName: null }

/** As it is with everything known, and with as little as can be known. */
const bothWays = (kind: Kind) =>
  Promise.all([render(kind, { nextAttempt: nextAttemptIn(kind.language) }), render(kind, BARE, NOBODY)])

const readsAsWritten = (rendered: RenderedMail) => {
  const words = everyWord(rendered).replace(/\u2019/g, "'")
  expect(words).not.toMatch(/undefined|null|NaN|\[object|\$\{|\{\{|=>/)
  expect(words).not.toMatch(/[^\n] [,.]|\(\)|,,|\.\.(?!\.)/)
  expect(rendered.subject).not.toMatch(/^ | $| {2}/)
}

describe.each(EVERY_MAIL)('$language, $template, $variant, invoices: $count', (kind) => {
  const { count, language, template, variant } = kind
  const isThanks = template === 'thank_you'

  it('leaves nothing unsaid or half said, much known or little', async () => {
    for (const rendered of await bothWays(kind)) readsAsWritten(rendered)
  })

  it('has a subject of one short line with the name of the business', async () => {
    for (const { subject } of await bothWays(kind)) {
      expect(subject).toContain('Fernhill')
      expect(subject.length).toBeLessThanOrEqual(78)
      expect(subject).not.toMatch(/\p{Cc}/u)
    }
  })

  it('names the amount in the preview and in both parts', async () => {
    const amount = amountIn(language).replaceAll(' ', '\u00a0')
    for (const { html, text } of await bothWays(kind)) {
      expect(/max-width:0"[^>]*>([^<]*)</.exec(html)?.[1]).toContain(amount)
      expect(html.split(`>${amount}<`)).toHaveLength(count + 1)
      expect(text.split(amount)).toHaveLength(count + 1)
    }
  })

  it(isThanks ? 'has nothing to press and nothing to stop' : 'has one button, each link and each way out', async () => {
    const { html, text } = await render(kind)

    const links = isThanks ? [] : TOKENS.slice(0, count).flatMap((token) => [linkOf(token), stopLinkOf(token)])
    expect([...new Set(linksIn(html))].sort()).toEqual([...links].sort())
    expect(text.split('\n').filter((line) => line.includes('://'))).toEqual(expect.arrayContaining(links))
    expect(buttonsIn(html)).toEqual(isThanks ? [] : [{ link: linkOf(), words: wordsIn(language).action[variant] }])
  })

  it('discloses, threatens, shouts and advertises nothing', async () => {
    for (const rendered of await bothWays(kind)) {
      expect(everyWord(rendered)).not.toMatch(NEVER_SAID[language]!)
      expect(everyWord(rendered)).not.toMatch(/[!¡]|secondloop|\p{Extended_Pictographic}/iu)
    }
  })

  it('declares its language and keeps plain text within 72 columns', async () => {
    for (const { html, subject, text } of await bothWays(kind)) {
      expect(html).toContain(`lang="${language}"`)
      expect(html).toContain(`<title>${subject.replaceAll("'", '&#x27;')}</title>`)
      expect(text.split('\n').filter((line) => line.length > 72 && !line.startsWith('https://'))).toEqual([])
    }
  })

  it('takes names of any length, direction and content', async () => {
    const evil = '<b>Pro</b> & "Co"'
    const names = { workspaceName: 'متجر النور', senderName: evil, customerName: evil }
    const { html, subject, text } = await render(kind, { plan: aPlan(`${evil} ${'Enterprise '.repeat(40)}`) }, names)

    expect(subject).toContain('\u2068متجر النور\u2069')
    expect(html).not.toContain('<b>')
    expect(html).toContain('&lt;b&gt;Pro&lt;/b&gt; &amp; &quot;Co&quot;')
    expect(unwrapped(text)).toMatch(/<b>Pro<\/b> & "Co" (Enterprise )+Enterp…/)
  })

  it.each([
    ['jpy', 149_000],
    ['kwd', 149_500],
  ])('leaves an amount in %s as it is given', async (currency, amount) => {
    const formatted = formatMoney({ amount, currency }, language)
    const { html, text } = await render(kind, { amount: formatted })

    expect(html).toContain(`>${formatted.replaceAll(' ', '\u00a0')}<`)
    expect(text).toContain(formatted.replaceAll(' ', '\u00a0'))
  })
})

describe.each(TAGS)('the words in %s', (language) => {
  const words = wordsIn(language)
  const about = (over: Partial<MailInvoice>) => mail({ language, invoices: [anInvoice(over)] })

  it('have what must never be said beside them', () => {
    expect(NEVER_SAID[language]).toBeInstanceOf(RegExp)
  })

  it.each(UNPAID)('name no reason of a card but its expiry (%s)', async (template) => {
    const expired = await about({ template, variant: 'card', cardExpired: true })
    const other = await about({ template, variant: 'card', cardExpired: false })

    expect(expired.text).not.toBe(other.text)
    expect(expired.subject).toBe(other.subject)
    expect(expired.text).toContain('4242')
  })

  it.each(UNPAID)(
    'say nothing of a card when the bank wants a confirmation or gave no reason (%s)',
    async (template) => {
      for (const variant of ['authentication', 'unknown'] as const) {
        const known = await about({ template, variant, cardExpired: true })
        expect(known).toEqual(await about({ template, variant, card: null, cardExpired: false }))
        expect(known.text).not.toContain(words.action.card)
        expect(known.text).not.toContain(words.action.funds)
      }
    },
  )

  it.each(UNPAID)('promise another try where Stripe named its date, and nowhere else (%s)', async (template) => {
    const nextAttempt = nextAttemptIn(language)
    for (const variant of ['funds', 'unknown'] as const) {
      expect(unwrapped((await about({ template, variant, nextAttempt })).text)).toContain(nextAttempt)
    }
    for (const variant of ['card', 'authentication'] as const) {
      expect(await about({ template, variant, nextAttempt })).toEqual(await about({ template, variant }))
    }
  })

  it.each(VARIANTS)('tell the steps apart (%s)', async (variant) => {
    const mails = await Promise.all(TEMPLATES.map((template) => about({ template, variant })))

    expect(new Set(mails.map(({ text }) => text)).size).toBe(TEMPLATES.length)
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(TEMPLATES.length)
  })

  it('say which of several invoices gets its last mail', async () => {
    const invoices = [anInvoice({ template: 'final_notice' }), anInvoice({ template: 'reminder' }, 'second')] as const
    const { html, text } = await mail({ language, invoices })

    for (const part of [seen(html).replaceAll('’', "'"), unwrapped(text)]) {
      expect(part.split(words.item.lastMail.replaceAll('’', "'"))).toHaveLength(2)
    }
  })

  it.each(['day', 'week', 'month', 'year'] as const)(
    'know a plan by the %s, and see when a label says so',
    (interval) => {
      const plans = [1, 2, 3].map((count) => words.plan('Pro', interval, count))

      expect(new Set(plans).size).toBe(3)
      for (const plan of plans) expect(plan).toMatch(/^Pro [^.]+$/)
      expect(plans.filter(saysItsRhythm)).toContain(plans[0])
      expect(saysItsRhythm('Pro')).toBe(false)
    },
  )

  it('leave a plan as it is when its label says its rhythm, in whatever language', async () => {
    for (const other of LANGUAGES) {
      const label = other.plan('Pro', 'year', 1)
      const { text } = await about({ plan: { label, interval: 'year', intervalCount: 1 } })
      expect(unwrapped(text).split(label.replaceAll('’', "'"))).toHaveLength(2)
      expect(unwrapped(text)).not.toContain(words.plan(label, 'year', 1))
    }
  })

  if (language !== 'en') {
    it('are not left in English', async () => {
      for (const { template, variant, count } of EVERY_MAIL.filter((kind) => kind.language === 'en')) {
        const kind = { template, variant, count, language }
        const [own, english] = await Promise.all([
          render(kind, BARE),
          mail({ language: 'en', customerName: 'Erika Sample', invoices: invoicesOf(kind, BARE) }),
        ])
        const paragraphs = new Set(english.text.split(/\n\n/).map(unwrapped))
        const common = own.text.split(/\n\n/).filter((paragraph) => paragraphs.has(unwrapped(paragraph)))
        expect(common.filter((paragraph) => !/^Maya, Fernhill\s*$/.test(paragraph))).toEqual([])
        expect(own.subject).not.toBe(english.subject)
      }
    })
  }
})

describe('a language that we have no words for', () => {
  it('gets the English mail', async () => {
    expect((await mailAbout({})).text).toBe((await mail({ language: 'ja-JP' })).text)
  })
})
