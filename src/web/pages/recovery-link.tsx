import type { ReactNode } from 'react'
import type { Outcome } from '../../domain/case.js'
import { pageWordsIn } from '../words/languages.js'
import type { Said } from '../words/page-words.js'
import { render } from './parts/document.js'
import { Door } from './parts/door.js'

/*
 * What a customer sees behind /r/:token when it is not Stripe's page. Nothing here names a decline, an amount or us:
 * whoever has the link may not be who owes.
 */

interface Reader {
  /** BCP 47, of the customer's mails: see `mailLanguage`. */
  readonly language: string
}

interface FromWorkspace extends Reader {
  readonly workspaceName: string
}

function page({ title, what }: Said, { language, workspaceName }: Reader & Partial<FromWorkspace>, more?: ReactNode) {
  return render(
    <Door title={title} language={language} from={workspaceName === undefined ? null : { workspaceName }}>
      <p>{what}</p>
      {more}
    </Door>,
  )
}

export function linkClosedPage({ outcome, ...from }: FromWorkspace & { outcome: Outcome }): string {
  return page(pageWordsIn(from.language).closed[outcome], from)
}

export function linkUnreachablePage({ replyTo, ...from }: FromWorkspace & { replyTo: string }): string {
  const said = pageWordsIn(from.language).unreachable
  return page(
    said,
    from,
    <p>
      {said.stillNotThere} <a href={mailto(replyTo)}>{said.writeTo(replyTo)}</a>
    </p>,
  )
}

export const linkBusyPage = (from: FromWorkspace): string => page(pageWordsIn(from.language).busy, from)

export const linkUnknownPage = (reader: Reader): string => page(pageWordsIn(reader.language).unknown, reader)

interface DonePageProps extends FromWorkspace {
  readonly kind: 'paid' | 'saved' | 'declined' | 'unseen'
  /** The recovery link: makes a fresh page of Stripe's. */
  readonly link: string
}

/** Where Stripe's card page leads back to. */
export function linkDonePage({ kind, link, ...from }: DonePageProps): string {
  const { done } = pageWordsIn(from.language)
  const again = (words: string) => (
    <p>
      <a className="button primary large" href={link}>
        {words}
      </a>
    </p>
  )
  switch (kind) {
    case 'paid':
    case 'saved':
      return page(done[kind], from)
    case 'declined':
      return page(done.declined, from, again(done.declined.again))
    case 'unseen':
      return page(
        done.unseen,
        from,
        <>
          <p>{done.unseen.otherwise}</p>
          {again(done.unseen.again)}
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

export function stopPage({ action, all, stopped, ...from }: StopPageProps): string {
  const { stop } = pageWordsIn(from.language)
  const which = all ? 'all' : 'one'
  if (stopped) return page(stop.stopped[which], from)
  return page(
    stop.ask[which],
    from,
    <form method="post" action={action}>
      <button className="button primary large" type="submit">
        {stop.button}
      </button>
    </form>,
  )
}

/** Keeps an odd address from adding a subject or more recipients. */
const mailto = (address: string) => `mailto:${encodeURIComponent(address).replaceAll('%40', '@')}`
