import type { PageWords } from './page-words.js'

export const english: PageWords = {
  language: 'en',
  closed: {
    recovered: { title: 'This is already paid', what: 'Nothing is left to do. Thank you.' },
    forgiven: { title: 'Nothing to pay', what: 'This invoice no longer needs to be paid. Nothing is left to do.' },
    lost: {
      title: 'This link is closed',
      what: 'Nothing can be paid here any more. If you have a question, just reply to the mail.',
    },
    dismissed: {
      title: 'Nothing to do here',
      what: 'This link is no longer needed. If you have a question, just reply to the mail.',
    },
  },
  unreachable: {
    title: 'The payment page cannot be reached right now',
    what: 'Nothing was charged and nothing has changed. Please open the link again in a minute.',
    stillNotThere: 'Still not there?',
    writeTo: (address) => `Write to ${address}`,
  },
  busy: {
    title: 'This link was opened too often',
    what: 'It rests for a minute. Nothing was charged and nothing has changed: please open it again then.',
  },
  unknown: {
    title: 'This link does not work',
    what: 'It may have been cut off on its way. Please open it from the mail again, or reply to the mail.',
  },
  done: {
    paid: { title: 'Thank you, it is paid', what: 'Nothing is left to do. You can close this page.' },
    saved: {
      title: 'Thank you, your card is saved',
      what: 'We take care of the payment. Nothing is left to do, you can close this page.',
    },
    declined: {
      title: 'This card was not accepted',
      what: 'The card is saved, but the bank did not let the payment through. Nothing was charged.',
      again: 'Try another card',
    },
    unseen: {
      title: 'Thank you',
      what: 'If you have saved a card, we take care of the payment and nothing is left to do.',
      otherwise: 'If you came back without saving one, nothing has changed.',
      again: 'Open the card page again',
    },
  },
  stop: {
    ask: {
      one: {
        title: 'Stop reminders for this invoice?',
        what: 'You then get no more mail about this invoice. The invoice and your subscription stay as they are.',
      },
      all: {
        title: 'Stop reminders for your open invoices?',
        what: 'You then get no more mail about your open invoices. The invoices and your subscriptions stay as they are.',
      },
    },
    button: 'Stop reminders',
    stopped: {
      one: {
        title: 'Reminders are stopped',
        what: 'You get no more mail about this invoice. The invoice and your subscription stay as they are.',
      },
      all: {
        title: 'Reminders are stopped',
        what: 'You get no more mail about your open invoices. The invoices and your subscriptions stay as they are.',
      },
    },
  },
}
