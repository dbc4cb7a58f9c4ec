import type { ChoiceRow, MailPreviewView } from '../../presenters/mail-preview.js'
import type { SaidView } from '../../presenters/said.js'
import { render } from '../parts/document.js'
import { Glyph } from '../parts/glyph.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'

export interface MailsPageProps {
  readonly panel: PanelProps
  readonly choices: readonly ChoiceRow[]
  /** `null`: a digest that has nothing to say now. */
  readonly mail: MailPreviewView | null
  /** The mail's HTML, for a frame. */
  readonly frame: string
  /** It is long. */
  readonly isTall: boolean
  readonly ownerEmail: string
  /** What the button posts. */
  readonly fields: Readonly<Record<string, string>>
  readonly said: SaidView | null
}

/** `GET /app/settings/mails`: every mail as its reader gets it. */
export const mailsPage = ({ panel, choices, mail, frame, isTall, ownerEmail, fields, said }: MailsPageProps) =>
  render(
    <Settings panel={panel} here="mails" said={said}>
      <div className="mail-choices">
        {choices.map((row) => (
          <Choices key={row.name} of={row} />
        ))}
      </div>
      {mail ? (
        <>
          <Head of={mail} ownerEmail={ownerEmail} fields={fields} />
          <div className={isTall ? 'mail-frames tall' : 'mail-frames'}>
            <Framed title={`${mail.subject}, on a phone`} src={frame} name="On a phone, 320 wide" narrow />
            <Framed title={mail.subject} src={frame} name="Where there is room" />
          </div>
          <PlainText of={mail} />
        </>
      ) : (
        <p className="empty">There is nothing to say now, so no digest would be mailed.</p>
      )}
    </Settings>,
  )

/** Links, so that each look has an address and takes one press. */
function Choices({ of: { name, choices } }: { of: ChoiceRow }) {
  return (
    <nav aria-label={name}>
      <span className="what" aria-hidden="true">
        {name}
      </span>
      <ul>
        {choices.map(({ label, href, isHere }) => (
          <li key={label}>
            <a href={href} {...(isHere && { 'aria-current': 'true' as const })}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

interface HeadProps {
  readonly of: MailPreviewView
  readonly ownerEmail: string
  readonly fields: Readonly<Record<string, string>>
}

function Head({ of: { to, from, replyTo, subject, headers }, ownerEmail, fields }: HeadProps) {
  return (
    <section className="mail-head" aria-labelledby="h-mail">
      <div>
        <h2 id="h-mail">{subject}</h2>
        <dl>
          <dt>From</dt>
          <dd>
            {from ?? (
              <span className="attention">
                No mail provider is set up: nothing is sent. <a href="/app/settings/sender">Set up a sender</a>
              </span>
            )}
          </dd>
          <dt>Reply to</dt>
          <dd>{replyTo}</dd>
          <dt>To</dt>
          <dd>{to}</dd>
          {headers.map(({ name, value, does }) => (
            <div className="header" key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code> <span className="muted">{does}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
      {from ? (
        <form method="post" action="/app/settings/mails">
          {Object.entries(fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <button className="button primary" type="submit">
            <Glyph name="mail" />
            Send it to me
          </button>
          <p className="hint">To {ownerEmail}, marked [test].</p>
        </form>
      ) : null}
    </section>
  )
}

interface FramedProps {
  readonly title: string
  readonly name: string
  readonly src: string
  readonly narrow?: boolean
}

/** Locked in: no script, no form, no window, and an origin of its own. */
function Framed({ title, name, src, narrow = false }: FramedProps) {
  return (
    <figure className={narrow ? 'narrow' : 'wide'}>
      <figcaption>{name}</figcaption>
      <iframe title={title} src={src} sandbox="" />
    </figure>
  )
}

function PlainText({ of: { text } }: { of: MailPreviewView }) {
  return (
    <section className="after" aria-labelledby="h-text">
      <h2 id="h-text">As plain text, for mail programs that show no HTML</h2>
      <div className="letter plain">
        <div className="paper">{text}</div>
      </div>
    </section>
  )
}
