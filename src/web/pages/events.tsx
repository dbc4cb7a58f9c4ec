import { INBOX_FILTERS, type InboxFilter } from '../../domain/inbox-filter.js'
import type { HealthLine } from '../presenters/event-health.js'
import type { EventRowView } from '../presenters/event-row.js'
import type { SaidView } from '../presenters/said.js'
import { Glyph } from './parts/glyph.js'
import { Notice } from './parts/notice.js'

export interface EventsView {
  /** Newest first; one page of them. */
  readonly events: readonly EventRowView[]
  /** `null`: all are shown. */
  readonly only: InboxFilter | null
  /** The page begins after this event; `null`: with the newest. */
  readonly before: string | null
  /** The next page begins after this one; `null`: there is none. */
  readonly olderThan: string | null
  readonly failed: number
  readonly waiting: number
  readonly health: readonly HealthLine[]
  /** What the last action came to. */
  readonly said?: SaidView | null
}

/** What Stripe told, what each did, and how to have one processed again. */
export function Events({ of: view }: { of: EventsView }) {
  const { events, only, before, olderThan, health, said = null } = view
  return (
    <>
      <div className="top">
        <h1>Events</h1>
      </div>
      <Notice of={said} />
      <ul className="health">
        {health.map(({ tone, words }) => (
          <li key={words} className={tone}>
            {tone === 'attention' ? <Glyph name="attention" /> : null}
            <span>{words}</span>
          </li>
        ))}
      </ul>
      <Filters {...view} />
      {events.length === 0 ? (
        <p className="empty">{emptyWords(only, before)}</p>
      ) : (
        <List events={events} here={addressOf(only, before)} />
      )}
      {before || olderThan ? (
        <nav className="pager" aria-label="Pages">
          {before ? <a href={addressOf(only, null)}>Newest</a> : null}
          {olderThan ? <a href={addressOf(only, olderThan)}>Older</a> : null}
        </nav>
      ) : null}
    </>
  )
}

/** `/app/events?only=failed&before=<id>` */
export function addressOf(only: InboxFilter | null, before: string | null): string {
  const query = new URLSearchParams({ ...(only && { only }), ...(before && { before }) }).toString()
  return query ? `/app/events?${query}` : '/app/events'
}

function emptyWords(only: InboxFilter | null, before: string | null): string {
  if (before) return 'There is nothing older.'
  if (only) return 'No event matches this filter.'
  return 'Stripe has not sent anything yet. Check that the endpoint is enabled in Stripe.'
}

const NAMES: Record<InboxFilter, string> = {
  failed: 'Failed',
  ignored: 'Ignored',
  processed: 'Processed',
  waiting: 'Waiting',
}

function Filters({ only, failed, waiting }: EventsView) {
  const counts: Partial<Record<InboxFilter, number>> = { failed, waiting }
  return (
    <nav aria-label="Show">
      <ul className="tabs">
        {[null, ...INBOX_FILTERS].map((filter) => {
          const count = filter ? counts[filter] : undefined
          return (
            <li key={filter}>
              <a href={addressOf(filter, null)} {...(filter === only ? { 'aria-current': 'true' } : {})}>
                {filter ? NAMES[filter] : 'All'}
                {count ? <span className="count">{count.toLocaleString('en-US')}</span> : null}
              </a>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

function List({ events, here }: { events: readonly EventRowView[]; here: string }) {
  return (
    <table className="list events">
      <thead>
        <tr>
          <th scope="col">Received</th>
          <th scope="col">Event</th>
          <th scope="col">What it did</th>
          <th scope="col">Case</th>
          <th scope="col">
            <span className="sr">Replay</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Line key={event.id} of={event} here={here} />
        ))}
      </tbody>
    </table>
  )
}

/** @param here the page's own address: a replay leads back to it */
function Line({ of: event, here }: { of: EventRowView; here: string }) {
  return (
    <tr>
      <td className="when">
        <time dateTime={event.at} title={event.exact}>
          {event.ago} ago
        </time>
      </td>
      <td className="what">
        <span className="first">{event.name}</span>
        <code className="second">{event.type}</code>
        {event.notes.map((note) => (
          <span className="second" key={note}>
            {note}
          </span>
        ))}
      </td>
      <td className="did">
        <span className={`state ${event.tone}`}>
          <Glyph name={event.glyph} />
          {event.fate}
        </span>
        {event.detail ? <span className="second">{event.detail}</span> : null}
      </td>
      <td className="whose-case">
        {event.case ? (
          <a className="name" href={event.case.href}>
            {event.case.customer}
          </a>
        ) : null}
      </td>
      <td className="act">
        {event.replay ? (
          <form method="post" action={event.replay.to + here.replace(/^[^?]*/, '')}>
            <button className={event.replay.isUrgent ? 'button' : 'button quiet'} type="submit">
              Replay<span className="sr"> {event.name}</span>
            </button>
          </form>
        ) : null}
      </td>
    </tr>
  )
}
