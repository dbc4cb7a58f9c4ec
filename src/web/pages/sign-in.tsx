import type { LinkState } from '../../accounts/sign-in.js'
import { render } from './parts/document.js'
import { Door } from './parts/door.js'
import { Field } from './parts/field.js'
import { Glyph } from './parts/glyph.js'

interface SignInProps {
  /** Without a mail provider links go to the terminal. */
  readonly hasMail: boolean
  /** What was typed, kept when it can't be used. */
  readonly typed?: string
  readonly fault?: string
}

/** `GET /sign-in`. */
export function signInPage({ hasMail, typed = '', fault }: SignInProps): string {
  return render(
    <Door title="Sign in" from="product">
      <p className="muted">
        {hasMail ? 'We mail you a link.' : 'A link appears in the terminal that SecondLoop runs in.'} No password to
        remember, or to lose.
      </p>
      <form method="post" action="/sign-in">
        <Field
          name="email"
          label="Your mail address"
          type="email"
          autoComplete="email"
          placeholder="maya@fernhill.example"
          required
          value={typed}
          fault={fault}
        />
        <button className="button primary large" type="submit">
          {hasMail ? 'Mail me a link' : 'Make me a link'}
        </button>
      </form>
      <p className="muted fine">New here? The same link makes your workspace.</p>
    </Door>,
  )
}

/** The same words whether or not the address may sign in. `null`: the address of a link that is not told here. */
export function signInSentPage({ email, hasMail }: { email: string | null; hasMail: boolean }): string {
  return render(
    <Door title={hasMail ? 'Check your mail' : 'Look into the terminal'} from="product" stamp={<Glyph name="mail" />}>
      <p>
        If {email === null ? 'the address of that link' : <strong>{email}</strong>} may sign in, a link is{' '}
        {hasMail ? 'on its way' : 'there now'}. It works once, for ten minutes, in this browser.
      </p>
      <p className="muted fine">
        {hasMail ? 'Nothing after a minute? Look in spam, or ' : 'Nothing there? '}
        <a href="/sign-in">use another address</a>.
      </p>
    </Door>,
  )
}

const TITLES: Record<Exclude<LinkState, 'valid'>, string> = {
  used: 'This link has already been used',
  expired: 'This link has expired',
  unknown: 'This link does not work',
  elsewhere: 'This link is for another browser',
  closed: 'Sign-up is closed',
}

const WHAT: Record<Exclude<LinkState, 'valid'>, string> = {
  used: 'Each link signs in once. Ask for a new one, it takes a moment.',
  expired: 'A link works for ten minutes. Ask for a new one, it takes a moment.',
  unknown: 'It may have been cut off on its way. Copy all of it into the address bar, or ask for a new one.',
  elsewhere:
    'It opens only in the browser that it was asked from, so that nobody else can use it. It is still good there. Or take a new one for this browser.',
  closed: 'This installation has its owner, and your address is not on its list. Ask whoever runs it to add you.',
}

/** `GET /sign-in/verify` consumes nothing, as scanners open links before people do: the button does. */
export function signInVerifyPage({
  token,
  state,
  hasMail,
}: {
  token: string
  state: LinkState
  hasMail: boolean
}): string {
  if (state === 'valid') {
    return render(
      <Door title="Sign in" from="product">
        <p className="muted">One press and you are in. This link works once.</p>
        <TokenForm action="/sign-in/verify" token={token} label="Sign in" />
      </Door>,
    )
  }
  const again = hasMail ? 'Mail me a new link' : 'Make me a new link'
  return render(
    <Door title={TITLES[state]} from="product">
      <p className="muted">{WHAT[state]}</p>
      {state === 'elsewhere' || state === 'expired' || state === 'used' ? (
        <TokenForm action="/sign-in" token={token} label={again} />
      ) : null}
      <p className="muted fine">
        <a href="/sign-in">Use another address</a>
      </p>
    </Door>,
  )
}

function TokenForm({ action, token, label }: { action: string; token: string; label: string }) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="token" value={token} />
      <button className="button primary large" type="submit">
        {label}
      </button>
    </form>
  )
}

export function tooOftenPage({ waitSeconds }: { waitSeconds: number }): string {
  const minutes = Math.max(1, Math.ceil(waitSeconds / 60))
  return render(
    <Door title="That was often" from="product">
      <p className="muted">
        Too many links were asked for or tried from here. Wait {minutes === 1 ? 'a minute' : `${minutes} minutes`}, then
        try again. Links that were mailed stay good.
      </p>
    </Door>,
  )
}
