import { render } from './parts/document.js'
import { Door } from './parts/door.js'
import { Field } from './parts/field.js'
import { SignOut } from './parts/sign-out.js'

/** One signed-in browser, in words. */
export interface SessionLine {
  readonly id: string
  readonly browser: string
  /** "Used 5m ago, signed in 2d ago" */
  readonly used: string
  readonly isThisOne: boolean
}

/** What became of asking for another address. */
export interface AddressForm {
  readonly typed?: string
  readonly fault?: string
  /** It was mailed a link. */
  readonly asked?: string
}

interface SessionsPageProps {
  readonly email: string
  readonly sessions: readonly SessionLine[]
  readonly address: AddressForm
}

/** `GET /app/sessions`: where the owner is signed in, how to end it, and with which address. */
export function sessionsPage({ email, sessions, address }: SessionsPageProps): string {
  const others = sessions.length - 1
  return render(
    <Door title="Where you are signed in" from="product">
      <p className="muted">As {email}. End what is not yours, or not needed any more: it opens nothing from then on.</p>
      <ul className="lines">
        {sessions.map(({ browser, id, isThisOne, used }) => (
          <li key={id}>
            <div>
              <p>
                <strong>{browser}</strong>
                {isThisOne ? ', this one' : ''}
              </p>
              <p className="muted small">{used}</p>
            </div>
            {isThisOne ? (
              <SignOut />
            ) : (
              <form method="post" action={`/app/sessions/${id}/end`}>
                <button className="link" type="submit">
                  End<span className="sr"> the session of {browser}</span>
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {others > 1 ? (
        <form method="post" action="/app/sessions/end-others">
          <button className="button large" type="submit">
            End all {others} others
          </button>
        </form>
      ) : null}
      <h2>Sign in with another address</h2>
      {address.asked ? (
        <p>
          A link is on its way to <strong>{address.asked}</strong>. Once it is opened there and confirmed, that address
          signs in, {email} is told, and all other sessions end.
        </p>
      ) : (
        <form method="post" action="/app/sessions/address">
          <Field
            name="email"
            label="New mail address"
            type="email"
            autoComplete="email"
            required
            hint="It gets a link to confirm first. Until then nothing changes."
            value={address.typed}
            fault={address.fault}
          />
          <button className="button large" type="submit">
            Mail it a link
          </button>
        </form>
      )}
      <p className="muted fine">
        <a href="/app">Back to the panel</a>
      </p>
    </Door>,
  )
}
