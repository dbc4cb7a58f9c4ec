import { render } from './parts/document.js'
import { Door } from './parts/door.js'

/** What became of the link that one came with; `start`: none yet. */
export type SignInState = 'start' | 'used' | 'expired' | 'unknown'

const TITLES: Record<SignInState, string> = {
  start: 'Sign in',
  used: 'This link has already been used',
  expired: 'This link has expired',
  unknown: 'This link does not work',
}

const WHAT: Record<SignInState, string> = {
  start: 'You come in with a link. No password to remember, or to lose.',
  used: 'Each link signs in once. Print a new one, it takes a moment.',
  expired: 'A link works for ten minutes. Print a new one, it takes a moment.',
  unknown: 'It may have been cut off on its way. Copy all of it into the address bar, or print a new one.',
}

/** `GET /sign-in`, and what a link leads to that opens nothing any more. Links come from the terminal. */
export function signInPage({ state }: { state: SignInState }): string {
  return render(
    <Door title={TITLES[state]} from="product">
      <p className="muted">{WHAT[state]}</p>
      <h2>Where links come from</h2>
      <dl className="commands">
        <dt>
          In the demo, <code>npm run demo</code>
        </dt>
        <dd>prints one in the terminal once it is up.</dd>
        <dt>
          Anywhere else, <code>npm run -s sign-in:link</code>
        </dt>
        <dd>prints one for the owner, on the machine that SecondLoop runs on.</dd>
      </dl>
      <p className="muted fine">A link works once, for ten minutes. Keep it to yourself.</p>
    </Door>,
  )
}

/** `GET /sign-in/verify` consumes nothing, as scanners open links before people do: the button does. */
export function signInVerifyPage({ token, workspaceName }: { token: string; workspaceName?: string | null }): string {
  return render(
    <Door title={workspaceName ? `Sign in to ${workspaceName}` : 'Sign in'} from="product">
      <p className="muted">One press and you are in. This link works once.</p>
      <form method="post" action="/sign-in/verify">
        <input type="hidden" name="token" value={token} />
        <button className="button primary large" type="submit">
          Sign in
        </button>
      </form>
    </Door>,
  )
}
