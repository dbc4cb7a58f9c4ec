import {
  linkBusyPage,
  linkClosedPage,
  linkDonePage,
  linkUnknownPage,
  linkUnreachablePage,
  stopPage,
} from '../../src/web/pages/recovery-link.js'
import { withoutData } from '../support/seen.js'

export const REPLY_TO = 'maya@fernhill.example'

/** All that a customer of Fernhill's can come upon behind a recovery link. */
export function customerPages(language: string, workspaceName = 'Fernhill') {
  const from = { language, workspaceName }
  const done = { ...from, link: '/r/token' }
  const stop = { ...from, action: '/r/token/stop' }
  return {
    'the closed link of a recovered case': linkClosedPage({ ...from, outcome: 'recovered' }),
    'the closed link of a forgiven case': linkClosedPage({ ...from, outcome: 'forgiven' }),
    'the closed link of a lost case': linkClosedPage({ ...from, outcome: 'lost' }),
    'the closed link of a dismissed case': linkClosedPage({ ...from, outcome: 'dismissed' }),
    'the link while Stripe is out of reach': linkUnreachablePage({ ...from, replyTo: REPLY_TO }),
    'the busy link': linkBusyPage(from),
    'the unknown link': linkUnknownPage({ language }),
    'the end with a card saved': linkDonePage({ ...done, kind: 'saved' }),
    'the end with all settled': linkDonePage({ ...done, kind: 'paid' }),
    'the end with a card declined': linkDonePage({ ...done, kind: 'declined' }),
    'the end without a card': linkDonePage({ ...done, kind: 'unseen' }),
    'the stop page': stopPage({ ...stop, all: false, stopped: false }),
    'the stop page for all': stopPage({ ...stop, all: true, stopped: false }),
    'the stopped page': stopPage({ ...stop, all: false, stopped: true }),
    'the stopped page for all': stopPage({ ...stop, all: true, stopped: true }),
  }
}

/** What a reader of the page sees, on one line. */
export const seen = (html: string) =>
  withoutData(html)
    .replace(/<title>.*?<\/title>/g, '')
    .replace(/<\/(p|h1|h2|li|td|th|dt|dd|a|span|strong|button|code)>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
