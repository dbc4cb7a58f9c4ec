import type { ReactNode } from 'react'
import type { Outcome } from '../../domain/case.js'
import { render } from './parts/document.js'
import { Door } from './parts/door.js'

/*
 * What a customer sees behind /r/:token when it is not Stripe's page. Nothing here names a decline, an amount or us:
 * whoever has the link may not be who owes.
 */

interface FromWorkspace {
  readonly workspaceName: string
}

const page = (title: string, workspaceName: string | null, children: ReactNode) =>
  render(
    <Door title={title} from={workspaceName === null ? null : { workspaceName }}>
      {children}
    </Door>,
  )

/** Why nothing is open any more is between the customer and the workspace. */
const CLOSED: Record<Outcome, { title: string; what: string }> = {
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
}

export function linkClosedPage({ workspaceName, outcome }: FromWorkspace & { outcome: Outcome }): string {
  const { title, what } = CLOSED[outcome]
  return page(title, workspaceName, <p>{what}</p>)
}

export function linkUnreachablePage({ workspaceName, replyTo }: FromWorkspace & { replyTo: string }): string {
  return page(
    'The payment page cannot be reached right now',
    workspaceName,
    <>
      <p>Nothing was charged and nothing has changed. Please open the link again in a minute.</p>
      <p>
        Still not there? Write to <a href={mailto(replyTo)}>{replyTo}</a>.
      </p>
    </>,
  )
}

export function linkBusyPage({ workspaceName }: FromWorkspace): string {
  return page(
    'This link was opened too often',
    workspaceName,
    <p>It rests for a minute. Nothing was charged and nothing has changed: please open it again then.</p>,
  )
}

export function linkUnknownPage(): string {
  return page(
    'This link does not work',
    null,
    <p>It may have been cut off on its way. Please open it from the mail again, or reply to the mail.</p>,
  )
}

interface DonePageProps extends FromWorkspace {
  readonly kind: 'paid' | 'saved' | 'declined' | 'unseen'
  /** The recovery link: makes a fresh page of Stripe's. */
  readonly link: string
}

/** Where Stripe's card page leads back to. No date is promised that nobody can keep. */
export function linkDonePage({ workspaceName, kind, link }: DonePageProps): string {
  const again = (words: string) => (
    <a className="button primary large" href={link}>
      {words}
    </a>
  )
  switch (kind) {
    case 'paid':
      return page('Thank you, it is paid', workspaceName, <p>Nothing is left to do. You can close this page.</p>)
    case 'saved':
      return page(
        'Thank you, your card is saved',
        workspaceName,
        <p>We take care of the payment. Nothing is left to do, you can close this page.</p>,
      )
    case 'declined':
      return page(
        'This card was not accepted',
        workspaceName,
        <>
          <p>The card is saved, but the bank did not let the payment through. Nothing was charged.</p>
          {again('Try another card')}
        </>,
      )
    case 'unseen':
      return page(
        'Thank you',
        workspaceName,
        <>
          <p>If you have saved a card, we take care of the payment and nothing is left to do.</p>
          <p>If you came back without saving one, nothing has changed.</p>
          {again('Open the card page again')}
        </>,
      )
  }
}

interface StopPageProps extends FromWorkspace {
  /** Where the button posts to. GET changes nothing, as scanners open links. */
  readonly action: string
  /** All open invoices of the customer are meant, not one. */
  readonly all: boolean
  readonly stopped: boolean
}

export function stopPage({ workspaceName, action, all, stopped }: StopPageProps): string {
  const these = all ? 'your open invoices' : 'this invoice'
  const rest = all
    ? 'The invoices and your subscriptions stay as they are.'
    : 'The invoice and your subscription stay as they are.'
  if (stopped) {
    return page(
      'Reminders are stopped',
      workspaceName,
      <p>
        You get no more mail about {these}. {rest}
      </p>,
    )
  }
  return page(
    `Stop reminders for ${these}?`,
    workspaceName,
    <>
      <p>
        You then get no more mail about {these}. {rest}
      </p>
      <form method="post" action={action}>
        <button className="button primary large" type="submit">
          Stop reminders
        </button>
      </form>
    </>,
  )
}

/** Keeps an odd address from adding a subject or more recipients. */
const mailto = (address: string) => `mailto:${encodeURIComponent(address).replaceAll('%40', '@')}`
