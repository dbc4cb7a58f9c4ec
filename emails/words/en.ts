import type { FirstNoticeInvoice } from '../first-notice-props.js'
import { line, strong } from '../line.js'
import type { OneInvoiceWords, Words } from './words.js'

const renewal = (invoice: FirstNoticeInvoice, workspace: string) => `your ${invoice.plan ?? workspace} renewal`

const sum = (invoice: FirstNoticeInvoice) => `${invoice.amount} for ${invoice.plan ?? 'your renewal'}.`

const theCard = (invoice: FirstNoticeInvoice) => `the card we have for you${invoice.card ? `, ${invoice.card},` : ''}`

const cardTrouble = (invoice: FirstNoticeInvoice) => (invoice.cardExpired ? 'has expired' : 'can no longer be charged')

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const card: OneInvoiceWords = {
  subject: (workspace) => `Your ${workspace} renewal needs a new card`,
  preview: (invoice) => `${sum(invoice)} A new card takes about a minute.`,
  opening: (invoice, workspace) => [
    line`${capital(theCard(invoice))} ${cardTrouble(invoice)}, so ${renewal(invoice, workspace)} of ${strong(invoice.amount)} didn’t go through. A new card takes about a minute.`,
  ],
}

/** Sends nobody to a card form: the card is fine. */
const authentication: OneInvoiceWords = {
  subject: (workspace) => `Please confirm your ${workspace} payment`,
  preview: (invoice) => `${sum(invoice)} Your bank asks for your confirmation.`,
  opening: (invoice, workspace) => [
    line`Your bank would like you to confirm the ${strong(invoice.amount)} for ${renewal(invoice, workspace)}. Your card is fine: this is a check some banks make, and only you can answer it.`,
  ],
}

/** Leaves open why there was no money: a full account, a limit for the day, a holiday. */
const funds: OneInvoiceWords = {
  subject: (workspace) => `Your ${workspace} renewal didn’t go through`,
  preview: (invoice) =>
    `${sum(invoice)} ${invoice.nextAttempt ? `We’ll try again on ${invoice.nextAttempt}.` : 'Using another card takes about a minute.'}`,
  opening: (invoice, workspace) => {
    const what = line`${capital(renewal(invoice, workspace))} of ${strong(invoice.amount)} didn’t go through this time.`
    if (!invoice.nextAttempt) {
      return [[...what, ' If another card suits you better, changing to it takes about a minute.']]
    }
    return [
      [
        ...what,
        ` We’ll try ${theCard(invoice)} again on ${invoice.nextAttempt}. If that suits you, there is nothing to do.`,
      ],
      line`If you would rather use another card, you can do that now.`,
    ]
  },
}

const unknown: OneInvoiceWords = {
  subject: (workspace) => `Your ${workspace} renewal didn’t go through`,
  preview: (invoice) =>
    `${sum(invoice)} ${invoice.nextAttempt ? `We’ll try again on ${invoice.nextAttempt}.` : 'It takes about a minute to settle.'}`,
  opening: (invoice, workspace) => [
    line`The payment of ${strong(invoice.amount)} for ${renewal(invoice, workspace)} didn’t go through. ${
      invoice.nextAttempt
        ? `We’ll try again on ${invoice.nextAttempt}, or you can settle it now: it takes about a minute.`
        : 'It takes about a minute to settle.'
    }`,
  ],
}

export const english: Words = {
  language: 'en',
  greeting: () => 'Hello,',
  reply: (byAPerson) => `If anything is unclear, just reply. ${byAPerson ? 'I' : 'We'} read every answer.`,
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
  firstNotice: {
    action: {
      card: 'Change the card',
      authentication: 'Confirm the payment',
      funds: 'Use another card',
      unknown: 'Settle the payment',
    },
    one: { card, authentication, funds, unknown },
    several: {
      subject: (count, workspace, variant) => {
        if (variant === 'card') return `${count} ${workspace} renewals need a new card`
        if (variant === 'authentication') return `Please confirm ${count} ${workspace} payments`
        return `${count} ${workspace} renewals didn’t go through`
      },
      preview: (first, others) => `${first.amount} for ${first.plan ?? 'one renewal'}, and ${others} more.`,
      opening: (count) => [line`These ${String(count)} renewals didn’t go through. Each has its own link.`],
      title: (plan) => plan ?? 'Renewal',
      reason: {
        card: (invoice) => `${invoice.card ?? 'The card'} ${cardTrouble(invoice)}.`,
        authentication: () => 'Your bank asks for your confirmation. Your card is fine.',
        funds: (invoice) =>
          invoice.nextAttempt
            ? `We’ll try again on ${invoice.nextAttempt}. If that suits you, there is nothing to do.`
            : 'If another card suits you better, you can change to it.',
        unknown: (invoice) =>
          invoice.nextAttempt ? `We’ll try again on ${invoice.nextAttempt}.` : 'It takes about a minute to settle.',
      },
    },
  },
}
