import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { CustomerMailProps, UnpaidTemplate } from '../../emails/customer-mail.js'
import {
  anInvoice,
  aPlan,
  buttonsIn,
  everyWord,
  linksIn,
  mail,
  mailAbout,
  seen,
  threeInvoices,
  unwrapped,
} from './samples.js'

describe('the first notice about a card', () => {
  it('says which card expired, of which renewal, and what it costs', async () => {
    const { subject, html, text } = await mailAbout({ variant: 'card', cardExpired: true })

    expect(subject).toBe('Your Fernhill renewal needs a new card')
    expect(seen(html)).toContain(
      'The card we have for you, Visa ending 4242, has expired, so your Pro annual renewal of $1,490.00 didn’t go through.',
    )
    expect(unwrapped(text)).toContain('Visa ending 4242, has expired, so your Pro annual renewal of $1,490.00')
  })

  it('gives no reason but an expiry', async () => {
    const words = everyWord(await mailAbout({ variant: 'card', cardExpired: false }))

    expect(words).toContain('can no longer be charged')
    expect(words).not.toMatch(/expired|lost|stolen|fraud|declined|invalid/i)
  })

  it('reads well without the card, the plan and the invoice number', async () => {
    const { html, text } = await mailAbout({ variant: 'card', card: null, plan: null, number: null })

    expect(unwrapped(text)).toContain('The card we have for you has expired, so your Fernhill renewal of $1,490.00')
    expect(seen(html)).toContain('Invoice of 22 November 2026.')
    expect(`${seen(html)}${text}`).not.toMatch(/null|undefined| ,/)
  })
})

describe('the first notice about a bank that wants a confirmation', () => {
  it('asks for the confirmation and says that the card is fine', async () => {
    const { subject, html, text } = await mailAbout({ variant: 'authentication' })

    expect(subject).toBe('Please confirm your Fernhill payment')
    expect(seen(html)).toContain('Your bank would like you to confirm the $1,490.00 for your Pro annual renewal.')
    expect(unwrapped(text)).toContain('Your card is fine')
    expect(buttonsIn(html)[0]?.words).toContain('Confirm the payment')
  })

  it('never sends the customer after another card', async () => {
    const words = everyWord(
      await mailAbout({ variant: 'authentication', cardExpired: true, nextAttempt: 'Tuesday, 24 November' }),
    )

    expect(words).not.toMatch(/update|(new|another|change the) card|expired|declined/i)
  })
})

describe('the first notice about funds', () => {
  it('names the date of the next try and leaves the customer in peace', async () => {
    const { html, text } = await mailAbout({ variant: 'funds', nextAttempt: 'Tuesday, 24 November' })

    expect(seen(html)).toContain(
      'We’ll try the card we have for you, Visa ending 4242, again on Tuesday, 24 November. If that suits you, there is nothing to do.',
    )
    expect(unwrapped(text)).toContain('again on Tuesday, 24 November.')
  })

  it('promises no try that Stripe has not named', async () => {
    const { subject, html, text } = await mailAbout({ variant: 'funds', nextAttempt: null })

    expect(everyWord({ subject, html, text })).not.toMatch(/try|again|nothing to do/i)
    expect(buttonsIn(html)[0]?.words).toContain('Use another card')
  })

  it.each(['Tuesday, 24 November', null])('says nothing of money that is missing (next attempt: %s)', async (date) => {
    const words = everyWord(await mailAbout({ variant: 'funds', nextAttempt: date }))

    expect(words).not.toMatch(/insufficient|funds|balance|poor|enough|expired|declined/i)
  })
})

describe('the first notice about a failure without a known reason', () => {
  it('says that the payment failed and guesses nothing', async () => {
    const { subject, html, text } = await mailAbout({ variant: 'unknown' })

    expect(subject).toBe('Your Fernhill renewal didn’t go through')
    expect(unwrapped(text)).toContain("The payment of $1,490.00 for your Pro annual renewal didn't go through.")
    expect(everyWord({ subject, html, text })).not.toMatch(/card|bank|expired|declined|try again/i)
  })

  it('names the next try when Stripe did', async () => {
    const { text } = await mailAbout({ variant: 'unknown', nextAttempt: 'Tuesday, 24 November' })

    expect(unwrapped(text)).toContain("We'll try again on Tuesday, 24 November, or you can settle it now")
  })
})

describe('a reminder', () => {
  it('about funds says that the renewal is still open and when Stripe tries again', async () => {
    const { subject, text } = await mailAbout({
      template: 'reminder',
      variant: 'funds',
      card: null,
      nextAttempt: 'Tuesday, 24 November',
    })

    expect(subject).toBe('Your Fernhill renewal is still open')
    expect(text).toBe(`Hello,

Your Pro annual renewal of $1,490.00 is still open. We'll try the card
we have for you again on Tuesday, 24 November. If that suits you, there
is nothing to do.

If you would rather use another card, you can do that now.

Use another card:
https://app.example/r/9fK2pXw7

Already settled? Then please ignore this, our mails may have crossed.

Maya, Fernhill

--
Invoice F4C1-0093, 22 November 2026. The link opens a secure page hosted
by Stripe, who handle payments for Fernhill.

Stop reminders for this invoice:
https://app.example/r/9fK2pXw7/stop
`)
  })

  it.each([
    [
      'card',
      'Your Fernhill renewal still needs a new card',
      'Your Pro annual renewal of $1,490.00 is still open, as the card we have for you, Visa ending 4242, has expired.',
    ],
    [
      'authentication',
      'Your Fernhill payment still needs your confirmation',
      'Your Pro annual renewal of $1,490.00 is still open: your bank is waiting for your confirmation. Your card is fine',
    ],
    [
      'unknown',
      'Your Fernhill renewal is still open',
      'Your Pro annual renewal of $1,490.00 is still open. It takes about a minute to settle.',
    ],
  ] as const)('says what is still to do (%s)', async (variant, subject, sentence) => {
    const reminder = await mailAbout({ template: 'reminder', variant })

    expect(reminder.subject).toBe(subject)
    expect(seen(reminder.html)).toContain(sentence)
    expect(unwrapped(reminder.text)).toContain(sentence)
  })
})

describe('a final notice', () => {
  it('is the last mail, says so kindly, and still shows the way', async () => {
    const { subject, html, text } = await mailAbout({ template: 'final_notice', cardExpired: false })

    expect(subject).toBe('Our last mail about your Fernhill renewal')
    expect(unwrapped(text)).toContain(
      'This is the last mail we send about this renewal. If anything stands in the way, just reply. I read every answer.',
    )
    expect(seen(html)).toContain('Already settled? Then please ignore this, our mails may have crossed.')
    expect(buttonsIn(html)).toEqual([{ link: 'https://app.example/r/9fK2pXw7', words: 'Change the card' }])
  })
})

describe('a thank-you', () => {
  it('says what went through and asks for nothing', async () => {
    const { subject, html, text } = await mailAbout({ template: 'thank_you' })

    expect(subject).toBe('Your Fernhill renewal went through')
    expect(text).toBe(`Hello,

Your Pro annual renewal of $1,490.00 went through. There is nothing more
to do. Thank you.

If anything is unclear, just reply. I read every answer.

Maya, Fernhill

--
Invoice F4C1-0093, 22 November 2026.
`)
    expect(linksIn(html)).toEqual([])
  })

  it('names each of several invoices', async () => {
    const { subject, html, text } = await mail({ invoices: threeInvoices('thank_you') })

    expect(subject).toBe('3 Fernhill renewals went through')
    expect(text).toContain('Growth monthly, $299.00\nInvoice 7B20-0418, 22 November 2026.\n\nTeam annual')
    expect(linksIn(html)).toEqual([])
  })

  it('never asks for another invoice in the same breath', async () => {
    const invoices: CustomerMailProps['invoices'] = [anInvoice({ template: 'thank_you' }), anInvoice({}, 'open')]

    await expect(mail({ invoices })).rejects.toThrow('cannot thank for an invoice and ask for another')
  })
})

describe('a mail about invoices at different steps', () => {
  const about = (...templates: [UnpaidTemplate, ...UnpaidTemplate[]]) => {
    const [first, ...others] = templates.map((template, n) => anInvoice({ template, variant: 'unknown' }, `${n}`))
    return mail({ invoices: [first!, ...others] })
  }

  it.each([
    [['reminder', 'first_notice'], '2 Fernhill renewals didn’t go through'],
    [['final_notice', 'first_notice', 'reminder'], '3 Fernhill renewals didn’t go through'],
    [['final_notice', 'reminder'], '2 Fernhill renewals are still open'],
    [['final_notice', 'final_notice'], 'Our last mail about 2 Fernhill renewals'],
  ] as const)('is worded as the earliest of them (%j)', async ([first, ...others], subject) => {
    expect((await about(first, ...others)).subject).toBe(subject)
  })

  it('says of which invoice it is the last mail', async () => {
    const { text } = await about('reminder', 'final_notice')

    expect(unwrapped(text).match(/This is the last mail we send about this one\. Settle the payment: [^ ]+/g)).toEqual([
      'This is the last mail we send about this one. Settle the payment: https://app.example/r/1',
    ])
  })

  it('says it once when it is the last mail about all', async () => {
    const { text } = await about('final_notice', 'final_notice')

    expect(unwrapped(text).match(/last mail/g)).toHaveLength(1)
    expect(unwrapped(text)).toContain('This is the last mail we send about these renewals.')
  })
})

describe('a plan', () => {
  it.each([
    ['Pro', 'year', 1, 'your Pro annual renewal'],
    ['Pro', 'month', null, 'your Pro monthly renewal'],
    ['Pro', 'month', 3, 'your Pro quarterly renewal'],
    ['Pro', 'week', 2, 'your Pro (every 2 weeks) renewal'],
    ['Pro', null, null, 'your Pro renewal'],
    ['Pro yearly', 'year', 1, 'your Pro yearly renewal'],
    ['Pro / Month', 'month', 1, 'your Pro / Month renewal'],
    ['Yearling', 'month', 1, 'your Yearling monthly renewal'],
  ] as const)('%s, each %s × %s, is %s', async (label, interval, intervalCount, words) => {
    const { text } = await mailAbout({ plan: { label, interval, intervalCount } })

    expect(unwrapped(text)).toContain(words)
  })
})

describe('a card', () => {
  it('of a brand that has no name is known by its last digits', async () => {
    const { text } = await mailAbout({ card: { brand: null, last4: '0005' } })

    expect(unwrapped(text)).toContain('The card we have for you, card ending 0005, has expired')
  })
})

describe('the sender of a first notice', () => {
  it('signs with name and workspace, and reads answers in person', async () => {
    const { text } = await mail({ senderName: 'Maya' })

    expect(text).toContain('\nIf anything is unclear, just reply. I read every answer.\n')
    expect(text).toContain('\nMaya, Fernhill\n')
  })

  it('is the workspace when no person is named', async () => {
    const { text } = await mail({ senderName: null })

    expect(text).toContain('just reply. We read every answer.')
    expect(text).toContain('\nFernhill\n')
  })
})

describe('a first notice about several invoices', () => {
  it('is one mail with each plan, amount, reason and link', async () => {
    const { subject, html, text } = await mail({ invoices: threeInvoices() })

    expect(subject).toBe('3 Fernhill renewals didn’t go through')
    expect(text).toContain(`Pro annual, $1,490.00
Visa ending 4242 has expired.
Change the card:
https://app.example/r/one

Growth monthly, $299.00
Your bank asks for your confirmation. Your card is fine.
Confirm the payment:
https://app.example/r/two

Team annual, €420.00
`)
    for (const { plan, amount, link } of threeInvoices()) {
      expect(seen(html)).toContain(plan?.label)
      expect(seen(html)).toContain(amount)
      expect(linksIn(html)).toContain(link)
    }
  })

  it('has one button, to the first of them', async () => {
    const { html } = await mail({ invoices: threeInvoices() })

    expect(buttonsIn(html).map(({ link }) => link)).toEqual(['https://app.example/r/one'])
    expect(seen(html)).toContain('The button opens the first renewal.')
  })

  it('lets reminders be stopped for each on its own', async () => {
    const { html, text } = await mail({ invoices: threeInvoices() })

    for (const { number, stopLink } of threeInvoices()) {
      expect(linksIn(html).filter((link) => link === stopLink)).toHaveLength(1)
      expect(text).toContain(`. Invoice ${number}, 22 November 2026.\nStop reminders for this invoice:\n${stopLink}\n`)
    }
    expect(text).toContain('\nGrowth monthly. Invoice 7B20-0418,')
  })

  it.each([
    ['card', '2 Fernhill renewals need a new card'],
    ['authentication', 'Please confirm 2 Fernhill payments'],
    ['funds', '2 Fernhill renewals didn’t go through'],
    ['unknown', '2 Fernhill renewals didn’t go through'],
  ] as const)('says in the subject what all have in common (%s)', async (variant, subject) => {
    const invoices: CustomerMailProps['invoices'] = [anInvoice({ variant }), anInvoice({ variant }, 'other')]

    expect((await mail({ invoices })).subject).toBe(subject)
  })
})

describe('names from outside', () => {
  it('are shown as written, never run as markup', async () => {
    const evil = '<img src=x onerror=alert(1)> & "Co"</td></table>'
    const { html, text } = await mail({
      workspaceName: evil,
      senderName: '<script>alert(2)</script>',
      invoices: [anInvoice({ plan: aPlan(evil), number: '<b>1</b>', link: 'https://app.example/r/a?b="c"&d' })],
    })

    expect(html).not.toMatch(/<img|<script|<b>|"c"/)
    expect(html).toContain(
      'your &lt;img src=x onerror=alert(1)&gt; &amp; &quot;Co&quot;&lt;/td&gt;&lt;/table&gt; renewal',
    )
    expect(html).toContain('href="https://app.example/r/a?b=&quot;c&quot;&amp;d"')
    expect(unwrapped(text)).toContain(`your ${evil} renewal`)
  })

  it('cannot add lines to the subject or to the text', async () => {
    const name = 'Fern\r\nBcc: all@example.com\u0000\u0007\u2028hill\u0085\ud800'
    const { subject, text } = await mail({
      workspaceName: name,
      invoices: [anInvoice({ plan: aPlan('Pro\n\nReply to:') })],
    })

    expect(subject).toBe('Your Fern Bcc: all@example.com hill renewal needs a new card')
    expect(unwrapped(text)).toContain('your Pro Reply to: renewal')
  })

  it('leave room in the subject for what happened', async () => {
    const { subject } = await mail({ workspaceName: 'Fernhill and Daughters '.repeat(50) })

    expect(subject).toBe('Your Fernhill and Daughters Fernhill and Dau… renewal needs a new card')
  })

  it('are cut between characters, not within one', async () => {
    const { subject } = await mail({ workspaceName: '🌿'.repeat(60) })

    expect(subject).toBe(`Your ${'🌿'.repeat(39)}… renewal needs a new card`)
  })

  it('wrap in the page when they hold no space', async () => {
    const { html } = await mailAbout({ plan: aPlan('Enterprise_'.repeat(40)) })

    expect(html).toMatch(/<p class="text" style="[^"]*word-break:break-word[^"]*">The card we have/)
    expect(seen(html)).toMatch(/your (Enterprise_)+En… renewal/)
  })

  it('written from right to left do not turn the words around them', async () => {
    const { subject, text } = await mail({
      workspaceName: 'متجر النور',
      invoices: [anInvoice({ plan: aPlan('\u202eالخطة السنوية') })],
    })

    expect(subject).toBe('Your \u2068متجر النور\u2069 renewal needs a new card')
    expect(unwrapped(text)).toContain('your \u2068الخطة السنوية\u2069 renewal of $1,490.00')
    expect(text).not.toContain('\u202e')
  })

  it('never change the links, the button or the one line of the subject', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...'<>"&\'/\r\n=') }),
    )
    await fc.assert(
      fc.asyncProperty(name, name, name, async (workspaceName, senderName, plan) => {
        const { subject, html } = await mail({
          workspaceName,
          senderName,
          invoices: [anInvoice({ plan: aPlan(plan) })],
        })

        expect(subject).toMatch(/^[^\p{Cc}\p{Cs}\u2028\u2029]{1,120}$/u)
        expect(linksIn(html)).toEqual(['https://app.example/r/9fK2pXw7', 'https://app.example/r/9fK2pXw7/stop'])
        expect(buttonsIn(html)).toHaveLength(1)
      }),
    )
  })

  it('made of nothing count as missing', async () => {
    const { text } = await mail({
      senderName: ' ',
      invoices: [anInvoice({ plan: aPlan('\n'), number: '', card: { brand: ' ', last4: ' ' } })],
    })

    expect(unwrapped(text)).toContain('The card we have for you has expired, so your Fernhill renewal')
    expect(text).toContain('Invoice of 22 November 2026.')
    expect(text).toContain('We read every answer.\n\nFernhill\n')
  })
})

describe('amounts', () => {
  it('are never broken over two lines', async () => {
    const { html, text } = await mailAbout({
      plan: aPlan('Company plus forty seats, billed yearly,'),
      amount: '12 345,00 €',
    })

    expect(text).toContain('12\u00a0345,00\u00a0€')
    expect(html).toMatch(/<strong[^>]*white-space:nowrap[^>]*>12\u00a0345,00\u00a0€<\/strong>/)
  })
})

describe('the page of a first notice', () => {
  it('declares its language, its colour schemes and a title', async () => {
    const { html, subject } = await mail({ language: 'en-GB' })

    expect(html).toContain('lang="en-GB"')
    expect(html).toContain(`<title>${subject}</title>`)
    expect(html).toContain('<meta name="color-scheme" content="light dark"/>')
    expect(html).toContain('@media (prefers-color-scheme: dark)')
  })

  it('declares English where it has no other words', async () => {
    expect((await mail({ language: 'ja-JP' })).html).toContain('lang="en"')
  })

  it('asks for nothing from elsewhere and keeps its tables out of the way of screen readers', async () => {
    const { html } = await mail({ invoices: threeInvoices() })

    expect(html).not.toMatch(/<(img|link|script)|url\(|@import/)
    expect([...html.matchAll(/<table(?![^>]*role="presentation")/g)]).toEqual([])
  })
})
