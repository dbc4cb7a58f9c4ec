import { type Line, line, strong } from '../line.js'
import type { InvoiceInWords, OneInvoiceWords, UnpaidWords, Words } from './words.js'

const ADJECTIVES = { day: 'daily', week: 'weekly', month: 'monthly', year: 'annual' } as const

const renewal = (invoice: InvoiceInWords, workspace: string) => `your ${invoice.plan ?? workspace} renewal`

const sum = (invoice: InvoiceInWords) => `${invoice.amount} for ${invoice.plan ?? 'your renewal'}.`

const theCard = (invoice: InvoiceInWords) => `the card we have for you${invoice.card ? `, ${invoice.card},` : ''}`

const cardTrouble = (invoice: InvoiceInWords) => (invoice.cardExpired ? 'has expired' : 'can no longer be charged')

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const isStillOpen = (invoice: InvoiceInWords, workspace: string): Line =>
  line`${capital(renewal(invoice, workspace))} of ${strong(invoice.amount)} is still open`

/** For whom waiting is enough when Stripe has named a date. */
const orAnotherCard = (invoice: InvoiceInWords, what: Line): readonly Line[] =>
  invoice.nextAttempt
    ? [
        line`${what} We’ll try ${theCard(invoice)} again on ${invoice.nextAttempt}. If that suits you, there is nothing to do.`,
        line`If you would rather use another card, you can do that now.`,
      ]
    : [line`${what} If another card suits you better, changing to it takes about a minute.`]

const tryAgainOr = (invoice: InvoiceInWords, otherwise: string) =>
  invoice.nextAttempt ? `We’ll try again on ${invoice.nextAttempt}.` : otherwise

const settleNow = (invoice: InvoiceInWords) =>
  invoice.nextAttempt
    ? `We’ll try again on ${invoice.nextAttempt}, or you can settle it now: it takes about a minute.`
    : 'It takes about a minute to settle.'

const askFreely = (byAPerson: boolean) =>
  `If anything is unclear, just reply. ${byAPerson ? 'I' : 'We'} read every answer.`

const crossed = 'Already settled? Then please ignore this, our mails may have crossed.'

/** The same at every step. */
const previews: Record<keyof UnpaidWords['one'], OneInvoiceWords['preview']> = {
  card: (invoice) => `${sum(invoice)} A new card takes about a minute.`,
  authentication: (invoice) => `${sum(invoice)} Your bank asks for your confirmation.`,
  funds: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, 'Using another card takes about a minute.')}`,
  unknown: (invoice) => `${sum(invoice)} ${tryAgainOr(invoice, 'It takes about a minute to settle.')}`,
}

const firstNotice: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Your ${workspace} renewal needs a new card`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${capital(theCard(invoice))} ${cardTrouble(invoice)}, so ${renewal(invoice, workspace)} of ${strong(invoice.amount)} didn’t go through. A new card takes about a minute.`,
      ],
    },
    /** Sends nobody to a card form: the card is fine. */
    authentication: {
      subject: (workspace) => `Please confirm your ${workspace} payment`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`Your bank would like you to confirm the ${strong(invoice.amount)} for ${renewal(invoice, workspace)}. Your card is fine: this is a check some banks make, and only you can answer it.`,
      ],
    },
    /** Leaves open why there was no money: a full account, a limit for the day, a holiday. */
    funds: {
      subject: (workspace) => `Your ${workspace} renewal didn’t go through`,
      preview: previews.funds,
      opening: (invoice, workspace) =>
        orAnotherCard(
          invoice,
          line`${capital(renewal(invoice, workspace))} of ${strong(invoice.amount)} didn’t go through this time.`,
        ),
    },
    unknown: {
      subject: (workspace) => `Your ${workspace} renewal didn’t go through`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [
        line`The payment of ${strong(invoice.amount)} for ${renewal(invoice, workspace)} didn’t go through. ${settleNow(invoice)}`,
      ],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `${count} ${workspace} renewals need a new card`
      if (variant === 'authentication') return `Please confirm ${count} ${workspace} payments`
      return `${count} ${workspace} renewals didn’t go through`
    },
    preview: (first, others) => `${first.amount} for ${first.plan ?? 'one renewal'}, and ${others} more.`,
    opening: (count) => [line`These ${String(count)} renewals didn’t go through. Each has its own link.`],
  },
  closing: (byAPerson) => [askFreely(byAPerson)],
}

const reminder: UnpaidWords = {
  one: {
    card: {
      subject: (workspace) => `Your ${workspace} renewal still needs a new card`,
      preview: previews.card,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}, as ${theCard(invoice)} ${cardTrouble(invoice)}. A new card takes about a minute.`,
      ],
    },
    authentication: {
      subject: (workspace) => `Your ${workspace} payment still needs your confirmation`,
      preview: previews.authentication,
      opening: (invoice, workspace) => [
        line`${isStillOpen(invoice, workspace)}: your bank is waiting for your confirmation. Your card is fine, and only you can answer your bank.`,
      ],
    },
    funds: {
      subject: (workspace) => `Your ${workspace} renewal is still open`,
      preview: previews.funds,
      opening: (invoice, workspace) => orAnotherCard(invoice, line`${isStillOpen(invoice, workspace)}.`),
    },
    unknown: {
      subject: (workspace) => `Your ${workspace} renewal is still open`,
      preview: previews.unknown,
      opening: (invoice, workspace) => [line`${isStillOpen(invoice, workspace)}. ${settleNow(invoice)}`],
    },
  },
  several: {
    subject: (count, workspace, variant) => {
      if (variant === 'card') return `${count} ${workspace} renewals still need a new card`
      if (variant === 'authentication') return `${count} ${workspace} payments still need your confirmation`
      return `${count} ${workspace} renewals are still open`
    },
    preview: firstNotice.several.preview,
    opening: (count) => [line`These ${String(count)} renewals are still open. Each has its own link.`],
  },
  closing: () => [crossed],
}

const lastAbout = (workspace: string) => `Our last mail about your ${workspace} renewal`

/** As kind as the first: says that the mails end, threatens nothing, names no date. */
const finalNotice: UnpaidWords = {
  one: {
    card: { ...reminder.one.card, subject: lastAbout },
    authentication: {
      ...reminder.one.authentication,
      subject: (workspace) => `Our last mail about your ${workspace} payment`,
    },
    funds: { ...reminder.one.funds, subject: lastAbout },
    unknown: { ...reminder.one.unknown, subject: lastAbout },
  },
  several: {
    ...reminder.several,
    subject: (count, workspace) => `Our last mail about ${count} ${workspace} renewals`,
  },
  closing: (byAPerson, count) => [
    `This is the last mail we send about ${count === 1 ? 'this renewal' : 'these renewals'}. If anything stands in the way, just reply. ${byAPerson ? 'I' : 'We'} read every answer.`,
    crossed,
  ],
}

const thankYou: Words['thankYou'] = {
  one: {
    subject: (workspace) => `Your ${workspace} renewal went through`,
    preview: (invoice) => `${sum(invoice)} There is nothing more to do.`,
    opening: (invoice, workspace) => [
      line`${capital(renewal(invoice, workspace))} of ${strong(invoice.amount)} went through. There is nothing more to do. Thank you.`,
    ],
  },
  several: {
    subject: (count, workspace) => `${count} ${workspace} renewals went through`,
    preview: firstNotice.several.preview,
    opening: (count) => [line`These ${String(count)} renewals went through. There is nothing more to do. Thank you.`],
  },
  closing: (byAPerson) => [askFreely(byAPerson)],
}

export const english: Words = {
  language: 'en',
  plan: (label, interval, count) => {
    if (count === 1) return `${label} ${ADJECTIVES[interval]}`
    return interval === 'month' && count === 3 ? `${label} quarterly` : `${label} (every ${count} ${interval}s)`
  },
  rhythm: /daily|weekly|months?|monthly|quarterly|year|yearly|annual|annually/,
  card: (brand, last4) => `${brand ?? 'card'} ending ${last4}`,
  greeting: () => 'Hello,',
  signature: (senderName, workspace) => (senderName ? `${senderName}, ${workspace}` : workspace),
  invoice: (number, date) => (number ? `Invoice ${number}, ${date}.` : `Invoice of ${date}.`),
  hostedByStripe: (opener, workspace) => {
    const stripe = `hosted by Stripe, who handle payments for ${workspace}.`
    switch (opener) {
      case 'button':
        return `The button opens a secure page ${stripe}`
      case 'link':
        return `The link opens a secure page ${stripe}`
      case 'links':
        return `The payment pages are secure and ${stripe}`
      case 'button and links':
        return `The button opens the first renewal. The payment pages are secure and ${stripe}`
    }
  },
  stopReminders: 'Stop reminders for this invoice',
  beforeLink: (label) => `${label}:`,
  action: {
    card: 'Change the card',
    authentication: 'Confirm the payment',
    funds: 'Use another card',
    unknown: 'Settle the payment',
  },
  item: {
    title: (plan) => plan ?? 'Renewal',
    reason: {
      card: (invoice) => `${capital(invoice.card ?? 'the card')} ${cardTrouble(invoice)}.`,
      authentication: () => 'Your bank asks for your confirmation. Your card is fine.',
      funds: (invoice) =>
        invoice.nextAttempt
          ? `We’ll try again on ${invoice.nextAttempt}. If that suits you, there is nothing to do.`
          : 'If another card suits you better, you can change to it.',
      unknown: (invoice) => tryAgainOr(invoice, 'It takes about a minute to settle.'),
    },
    lastMail: 'This is the last mail we send about this one.',
  },
  unpaid: { first_notice: firstNotice, reminder, final_notice: finalNotice },
  thankYou,
}
