import type { RehearsalView, RehearsedMailView } from '../../presenters/rehearsal.js'
import { counted } from '../../presenters/words.js'
import { Glyph } from './glyph.js'
import { Money } from './money.js'

/** Which mails would go out now, in the words that the customers get; who gets none, and why; what comes later. */
export function RehearsedMails({ of: { mails, moreMails } }: { of: RehearsalView }) {
  if (mails.length === 0) return null
  return (
    <>
      <ul className="rehearsed">
        {mails.map((mail) => (
          <MailLine key={mail.about[0]?.caseId} of={mail} />
        ))}
      </ul>
      {moreMails ? <p className="list-foot">{moreMails}</p> : null}
    </>
  )
}

function MailLine({ of: { about, to, language, subject, text } }: { of: RehearsedMailView }) {
  return (
    <li>
      <Glyph name="mail" tone="muted" />
      <div>
        {about.map(({ caseId, customer, href, amount, template }) => (
          <p className="who" key={caseId}>
            <a href={href}>{customer}</a>
            <Money of={amount} />
            <span className="muted">{template}</span>
          </p>
        ))}
        <details>
          <summary>
            <span className="subject">{subject}</span> <span className="muted">{language}</span>
          </summary>
          <div className="letter">
            <dl>
              <dt>To</dt>
              <dd>{to}</dd>
            </dl>
            <div className="paper">{text}</div>
          </div>
        </details>
      </div>
    </li>
  )
}

/** Cases that are due and get no mail. */
export function RehearsedSkips({ of: { skipped } }: { of: RehearsalView }) {
  if (skipped.total === 0) return null
  return (
    <section className="after" aria-labelledby="h-skipped">
      <SectionHead id="h-skipped" title="Not written to" shown={skipped.lines.length} total={skipped.total} />
      <ul className="lines">
        {skipped.lines.map(({ caseId, customer, href, amount, why }) => (
          <li key={`${caseId} ${why}`}>
            <Glyph name="attention" tone="attention" />
            <div>
              <p className="who">
                <a href={href}>{customer}</a>
                <Money of={amount} />
              </p>
              <p className="why">{why}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Cases whose mail is due, and waits for the sending hours or for the distance to the last mail. */
export function RehearsedWaits({ of: { postponed } }: { of: RehearsalView }) {
  if (postponed.total === 0) return null
  return (
    <section className="after" aria-labelledby="h-waits">
      <SectionHead id="h-waits" title="Due, and waiting" shown={postponed.lines.length} total={postponed.total} />
      <p className="muted">For your sending hours, or for the distance to the last mail to the same customer.</p>
      <ul className="lines">
        {postponed.lines.map(({ caseId, customer, href, amount, at, until }) => (
          <li key={caseId}>
            <Glyph name="waiting" tone="muted" />
            <div>
              <p className="who">
                <a href={href}>{customer}</a>
                <Money of={amount} />
              </p>
              <p className="why">
                Until <time dateTime={at}>{until}</time>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function SectionHead({ id, title, shown, total }: { id: string; title: string; shown: number; total: number }) {
  return (
    <div className="section-head">
      <h2 id={id}>{title}</h2>
      <span className="end num">{shown < total ? `The first ${shown} of ${counted(total, 'case')}` : total}</span>
    </div>
  )
}

/** @param what is done, to begin a sentence with */
export const NoProvider = ({ what }: { what: string }) => (
  <div className="notice attention">
    <Glyph name="attention" tone="attention" />
    <p>
      <strong>Mail is not set up here.</strong> {what}, these mails would be left out and not made up for. Set
      RESEND_API_KEY and EMAIL_FROM first.
    </p>
  </div>
)
