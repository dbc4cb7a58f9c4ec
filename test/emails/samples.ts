import {
  type CustomerMailProps,
  type MailInvoice,
  type MailTemplate,
  type MailVariant,
  renderCustomerMail,
  type UnpaidTemplate,
} from '../../emails/customer-mail.js'

export const VARIANTS: readonly MailVariant[] = ['card', 'authentication', 'funds', 'unknown']
export const UNPAID: readonly UnpaidTemplate[] = ['first_notice', 'reminder', 'final_notice']

export type RenderedMail = Awaited<ReturnType<typeof renderCustomerMail>>

export const aPlan = (label: string): MailInvoice['plan'] => ({ label, interval: null, intervalCount: null })

/** With a link of its own. */
export const anInvoice = (over: Partial<MailInvoice> = {}, token = '9fK2pXw7'): MailInvoice => ({
  template: 'first_notice',
  variant: 'card',
  plan: { label: 'Pro', interval: 'year', intervalCount: 1 },
  amount: '$1,490.00',
  number: 'F4C1-0093',
  date: '22 November 2026',
  card: { brand: 'Visa', last4: '4242' },
  cardExpired: true,
  nextAttempt: null,
  link: linkOf(token),
  stopLink: stopLinkOf(token),
  ...over,
})

export const linkOf = (token = '9fK2pXw7') => `https://app.example/r/${token}`
export const stopLinkOf = (token = '9fK2pXw7') => `${linkOf(token)}/stop`

export const threeInvoices = (template: MailTemplate = 'first_notice'): CustomerMailProps['invoices'] => [
  anInvoice({ template }, 'one'),
  anInvoice(
    {
      template,
      variant: 'authentication',
      plan: { label: 'Growth', interval: 'month', intervalCount: 1 },
      amount: '$299.00',
      number: '7B20-0418',
    },
    'two',
  ),
  anInvoice(
    {
      template,
      variant: 'funds',
      plan: { label: 'Team', interval: 'year', intervalCount: 1 },
      amount: '€420.00',
      number: '51AE-0027',
      nextAttempt: 'Tuesday, 24 November',
    },
    'three',
  ),
]

export const mail = (over: Partial<CustomerMailProps> = {}) =>
  renderCustomerMail({
    language: 'en',
    workspaceName: 'Fernhill',
    senderName: 'Maya',
    customerName: null,
    invoices: [anInvoice()],
    ...over,
  })

export const mailAbout = (over: Partial<MailInvoice>) => mail({ invoices: [anInvoice(over)] })

/** What a reader of the HTML sees, on one line. */
export const seen = (html: string) =>
  html
    .replace(/<(style|title)>[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, '')
    .replace(/<\/(p|div)>/g, ' ')
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, ' ')

export const unwrapped = (text: string) => text.replace(/\s+/g, ' ')
export const linksIn = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map((match) => match[1])
export const buttonsIn = (html: string) =>
  [...html.matchAll(/<a class="act" href="([^"]+)".*?<\/a>/g)].map(([whole, link]) => ({ link, words: seen(whole) }))
export const everyWord = ({ subject, html, text }: RenderedMail) => `${subject}\n${seen(html)}\n${text}`
