import { render } from './parts/document.js'
import { Door } from './parts/door.js'
import { SignOut } from './parts/sign-out.js'

/** One signed-in browser, in words. */
export interface SessionLine {
  readonly id: string
  readonly browser: string
  /** "Used 5m ago, signed in 2d ago" */
  readonly used: string
  readonly isThisOne: boolean
}

/** `GET /app/sessions`: where the owner is signed in, and how to end it. */
export function sessionsPage({ email, sessions }: { email: string; sessions: readonly SessionLine[] }): string {
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
      <p className="muted fine">
        <a href="/app">Back to the panel</a>
      </p>
    </Door>,
  )
}
