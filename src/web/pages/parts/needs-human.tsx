import type { NeedsView, NeedView } from '../../presenters/needs-human.js'
import { Glyph } from './glyph.js'
import { Money } from './money.js'

/** These are in sight; the others unfold. */
const IN_SIGHT = 5

/**
 * What only the owner can do, the most pressing first.
 *
 * @param orSay where nothing needs the owner; without it there is no section then
 */
export function NeedsHuman({ of: { needs, total }, orSay }: { of: NeedsView; orSay?: string }) {
  if (needs.length === 0 && !orSay) return null
  const more = needs.slice(IN_SIGHT)
  return (
    <section className="needs" aria-labelledby="h-human">
      <div className="section-head">
        <h2 id="h-human">Needs a human</h2>
        <span className="end num">
          {needs.length === 0
            ? null
            : needs.length < total
              ? `The ${needs.length} most pressing of ${total.toLocaleString('en-US')}`
              : total}
        </span>
      </div>
      {needs.length === 0 ? <p className="muted">{orSay}</p> : null}
      <Lines needs={needs.slice(0, IN_SIGHT)} isFirst />
      {more.length > 0 ? (
        <details>
          <summary>{`${more.length} more`}</summary>
          <Lines needs={more} />
        </details>
      ) : null}
    </section>
  )
}

/** One ink button on the page: that of the most pressing. */
function Lines({ needs, isFirst = false }: { needs: readonly NeedView[]; isFirst?: boolean }) {
  return (
    <ul className="lines">
      {needs.map((need, index) => (
        <Line key={`${need.href} ${need.why}`} of={need} isPrimary={isFirst && index === 0} />
      ))}
    </ul>
  )
}

function Line({ of: need, isPrimary }: { of: NeedView; isPrimary: boolean }) {
  const { who, href, amount, at, exact, age, why, todo, action } = need
  return (
    <li>
      <Glyph name="attention" tone="attention" />
      <div>
        <p className="who">
          {href ? <a href={href}>{who}</a> : <span>{who}</span>}
          {amount ? <Money of={amount} /> : null}
          <time className="muted" dateTime={at} title={exact}>
            {age}
          </time>
        </p>
        <p className="why">
          {why} {todo}
        </p>
      </div>
      <a className={isPrimary ? 'button primary' : 'button'} href={action.href} rel="noreferrer">
        {action.label}
        <span className="sr"> for {who}</span>
      </a>
    </li>
  )
}
