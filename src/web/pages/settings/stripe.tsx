import type { SaidView } from '../../presenters/said.js'
import type { StripeSettingsView } from '../../presenters/stripe-settings.js'
import type { StripeFaults } from '../../stripe-forms.js'
import { Capabilities } from '../parts/capabilities.js'
import { render } from '../parts/document.js'
import { Fault } from '../parts/fault.js'
import { Glyph } from '../parts/glyph.js'
import { KeyNotice } from '../parts/key-notice.js'
import { Press } from '../parts/press.js'
import { SecretField } from '../parts/secret-field.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'
import { UrlToCopy } from '../parts/url-to-copy.js'

const ACTION = '/app/settings/stripe'

export interface StripeSettingsProps {
  readonly panel: PanelProps
  readonly stripe: StripeSettingsView
  readonly faults?: StripeFaults
  /** Kept in this one answer, where it was neither stored nor refused. */
  readonly typedKey?: string
  readonly said: SaidView | null
}

/** `GET|POST /app/settings/stripe`: the key and what it may do, the webhook URL, its signing secrets, and the end of it. */
export const stripeSettingsPage = (props: StripeSettingsProps) =>
  render(
    <Settings panel={props.panel} here="stripe" said={props.said}>
      <div className="columns">
        <div>
          <Key {...props} />
        </div>
        <div>
          <Endpoint {...props} />
          <Secrets {...props} />
          <Disconnect openCases={props.panel.openCases} />
        </div>
      </div>
    </Settings>,
  )

function Key({ stripe: { key, notice, capabilities, keyForm }, faults, typedKey }: StripeSettingsProps) {
  return (
    <section aria-labelledby="h-key">
      <h2 id="h-key">The key, and what works with it</h2>
      <p className="prose">{key}</p>
      {notice ? <KeyNotice of={notice} /> : null}
      <div className="buttons spaced">
        <Press action={ACTION} does="check">
          Check again
        </Press>
        <details open={faults?.key !== undefined}>
          <summary className="button">Use another key…</summary>
          <div className="surely">
            <p>
              Of the same account it takes this one’s place. Of another account or mode it begins anew: open cases
              close.{' '}
              <a href={keyForm} target="_blank" rel="noreferrer">
                Make one in Stripe
              </a>
            </p>
            <form className="paste" method="post" action={ACTION}>
              <input type="hidden" name="do" value="key" />
              <SecretField
                name="key"
                label="Restricted key"
                placeholder="rk_live_…"
                value={typedKey}
                fault={faults?.key}
              />
              <button className="button" type="submit">
                Save and check
              </button>
            </form>
          </div>
        </details>
      </div>
      <Capabilities rows={capabilities} isKnown />
    </section>
  )
}

function Endpoint({ stripe: { canMakeEndpoint, previousUrls, webhookUrl }, faults }: StripeSettingsProps) {
  return (
    <section aria-labelledby="h-endpoint">
      <h2 id="h-endpoint">Where Stripe sends its events</h2>
      <UrlToCopy label="Webhook URL" url={webhookUrl}>
        Yours alone: treat it like a password.
      </UrlToCopy>
      {previousUrls.map((words) => (
        <p key={words} className="muted spaced">
          {words}
        </p>
      ))}
      <div className="buttons spaced">
        {canMakeEndpoint ? (
          <Press action={ACTION} does="endpoint">
            Put the endpoint right
          </Press>
        ) : null}
        <details>
          <summary className="button">New URL…</summary>
          <div className="surely">
            <p>
              For when the old one got into wrong hands.{' '}
              {canMakeEndpoint ? 'Then put the endpoint right.' : 'Then change it in Stripe.'}
            </p>
            <form className="paste" method="post" action={ACTION}>
              <input type="hidden" name="do" value="url" />
              <Hours label="The old one works on for" choices={URL_HOURS} />
              <button className="button" type="submit">
                Make a new URL
              </button>
            </form>
          </div>
        </details>
      </div>
      {faults?.endpoint ? <Fault>{faults.endpoint}</Fault> : null}
    </section>
  )
}

function Secrets({ stripe: { secrets, secretNotice }, faults }: StripeSettingsProps) {
  return (
    <section className="after" aria-labelledby="h-secrets">
      <h2 id="h-secrets">Signing secrets</h2>
      {secretNotice ? <KeyNotice of={secretNotice} /> : null}
      <ul className="lines">
        {secrets.map(({ id, words, until }) => (
          <li key={id}>
            <Glyph name="lock" tone="muted" />
            <div>
              <p>{words}</p>
              <p className="why">{until}</p>
            </div>
          </li>
        ))}
      </ul>
      <details className="spaced" open={faults?.signingSecret !== undefined}>
        <summary className="button">Roll over to a new one…</summary>
        <div className="surely">
          <p>
            In Stripe, open the endpoint and roll its secret. Choose the same time there, then paste the new one here.
          </p>
          <form className="paste" method="post" action={ACTION}>
            <input type="hidden" name="do" value="roll" />
            <SecretField
              name="signingSecret"
              label="New signing secret"
              placeholder="whsec_…"
              fault={faults?.signingSecret}
            />
            <Hours label="The old one stays valid for" choices={SECRET_HOURS} />
            <button className="button" type="submit">
              Save the secret
            </button>
          </form>
        </div>
      </details>
    </section>
  )
}

const SECRET_HOURS = [
  [24, 'a day'],
  [12, '12 hours'],
  [1, 'an hour'],
  [0, 'no time: it is void at once'],
] as const
const URL_HOURS = [
  [72, 'three days'],
  [168, 'a week'],
  [24, 'a day'],
  [1, 'an hour'],
  [0, 'no time: it is dead at once'],
] as const

function Hours({ label, choices }: { label: string; choices: readonly (readonly [hours: number, words: string])[] }) {
  const id = `hours-${choices.length}`
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select className="input" id={id} name="hours">
        {choices.map(([hours, words]) => (
          <option key={hours} value={hours}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}

function Disconnect({ openCases }: { openCases: number }) {
  const close =
    openCases === 0
      ? 'No case is open.'
      : `${openCases === 1 ? 'One open case closes' : `${openCases.toLocaleString('en-US')} open cases close`} as dismissed, and what is planned is canceled.`
  return (
    <section className="after" aria-labelledby="h-disconnect">
      <h2 id="h-disconnect">Disconnect Stripe</h2>
      <p>The key and the secrets are erased here. What happened stays. Nothing changes at Stripe.</p>
      <details className="spaced">
        <summary className="button">Disconnect…</summary>
        <div className="surely">
          <p>{close} The panel is locked until a key is saved again.</p>
          <Press action={ACTION} does="disconnect" look="danger">
            Disconnect Stripe
          </Press>
        </div>
      </details>
    </section>
  )
}
