import type { ReactNode } from 'react'
import { WEBHOOK_EVENTS } from '../../stripe/event-types.js'
import { keyFormUrl } from '../../stripe/permissions.js'
import { stripeMailSettings } from '../presenters/stripe-facts.js'
import type { StripeStepView } from '../presenters/stripe-step.js'
import { Capabilities } from './parts/capabilities.js'
import { render } from './parts/document.js'
import { Fault } from './parts/fault.js'
import { Glyph } from './parts/glyph.js'
import { KeyNotice } from './parts/key-notice.js'
import { Press } from './parts/press.js'
import { SecretField } from './parts/secret-field.js'
import { Setup } from './parts/setup.js'
import { UrlToCopy } from './parts/url-to-copy.js'

const ACTION = '/onboarding/stripe'

export interface StripePageProps {
  readonly ownerEmail: string
  readonly step: StripeStepView
  /** Holds the workspace's token: only its owner sees the page. */
  readonly webhookUrl: string
  /** Whether Stripe can reach us at all. */
  readonly isLocal: boolean
  /** What `TEST_MODE_MAIL` says. */
  readonly testMailGoesToOwner: boolean
  readonly faults?: { readonly key?: string; readonly signingSecret?: string; readonly endpoint?: string }
  /** Kept in this one answer, where the key was neither stored nor refused. */
  readonly typedKey?: string
  /** The owner wants the page to look for the first event by itself. */
  readonly isWatching?: boolean
}

const LOOK_S = 5

/** `GET|POST /onboarding/stripe`: one page, with whatever stands and whatever is missing. */
export function stripePage(props: StripePageProps): string {
  const { isWatching, ownerEmail, step } = props
  const waits = step.isVerified && !step.firstEvent
  return render(
    <Setup
      title="Connect Stripe"
      step="Connect Stripe"
      ownerEmail={ownerEmail}
      refreshSeconds={waits && isWatching ? LOOK_S : undefined}
    >
      <p className="lead">
        With a restricted key, SecondLoop reads failed renewals and opens Stripe’s own payment pages. It cannot refund
        or pay out. Paying an open invoice with a new card, and giving that card to its subscription, are permissions of
        their own, and yours to give.
      </p>
      <KeySection {...props} />
      <WebhookSection {...props} />
      <EventSection {...props} waits={waits} />
    </Setup>,
  )
}

function KeySection({ faults, step, testMailGoesToOwner, typedKey }: StripePageProps) {
  const { capabilities, key, notice } = step
  return (
    <Section id="key-step" number={1} title={key ? 'Your restricted key' : 'Make a restricted key'}>
      {key ? (
        <div className="with-button">
          <p className="muted">{key.summary}</p>
          <Press
            action={ACTION}
            does="check"
            look={key.standing === 'unverified' && !faults?.key ? 'primary' : undefined}
          >
            Check again
          </Press>
        </div>
      ) : (
        <p>
          Open Stripe’s form with everything filled in:{' '}
          <a href={keyFormUrl('live')} target="_blank" rel="noreferrer">
            live mode
          </a>{' '}
          or{' '}
          <a href={keyFormUrl('test')} target="_blank" rel="noreferrer">
            test mode
          </a>
          . Or open Developers, API keys, <em>Create restricted key</em> there and give it the permissions of the table.
          Then paste it here.
        </p>
      )}
      {key?.mode === 'test' && testMailGoesToOwner ? (
        <p className="muted">Test mode: mails about failed renewals go to you, not to the customers.</p>
      ) : null}
      {notice ? <KeyNotice of={notice} /> : null}
      {key && key.standing !== 'rejected' && !faults?.key ? (
        <details>
          <summary>Use another key</summary>
          <p>
            Of the same account it takes this one’s place. Of another account or mode it begins anew: open cases close.{' '}
            <a href={keyFormUrl(key.mode)} target="_blank" rel="noreferrer">
              Make one in Stripe
            </a>
          </p>
          <KeyForm isPrimary={false} />
        </details>
      ) : (
        <KeyForm
          isPrimary={!key || key.standing === 'rejected' || Boolean(faults?.key)}
          fault={faults?.key}
          typed={typedKey}
        />
      )}
      <Capabilities rows={capabilities} isKnown={key !== null} />
    </Section>
  )
}

function KeyForm({
  isPrimary,
  fault,
  typed,
}: {
  isPrimary: boolean
  fault?: string | undefined
  typed?: string | undefined
}) {
  return (
    <form className="paste" method="post" action={ACTION}>
      <input type="hidden" name="do" value="key" />
      <SecretField name="key" label="Restricted key" placeholder="rk_live_…" value={typed} fault={fault} />
      <button className={isPrimary ? 'button primary' : 'button'} type="submit">
        Save and check
      </button>
    </form>
  )
}

function WebhookSection({ faults, isLocal, step, webhookUrl }: StripePageProps) {
  const { canMakeEndpoint, key, secret } = step
  const isOpen = !canMakeEndpoint || Boolean(faults?.signingSecret) || Boolean(faults?.endpoint)
  const isNext = key?.standing === 'verified' && secret === null && !faults?.key
  return (
    <Section id="webhook-step" number={2} title="Send us Stripe’s events">
      {secret ? <p className="muted">Signing secret stored. {secret}</p> : null}
      {step.secretNotice ? <KeyNotice of={step.secretNotice} /> : null}
      {canMakeEndpoint ? (
        <>
          <p>
            {secret
              ? 'The endpoint can be put right at any time: one stays, with our events and a secret that we hold.'
              : 'This key may set up the endpoint: we make it with exactly the events below and keep its signing secret, which nobody has to see.'}
          </p>
          <Press action={ACTION} does="endpoint" look={isNext ? 'primary' : undefined}>
            {secret ? 'Put the endpoint right' : 'Set up the endpoint for me'}
          </Press>
          {faults?.endpoint ? <Fault id="endpoint-fault">{faults.endpoint}</Fault> : null}
        </>
      ) : null}
      <details open={isOpen && !secret ? true : undefined}>
        <summary>{canMakeEndpoint || secret ? 'Do it by hand' : 'Add the endpoint in Stripe'}</summary>
        <p>
          In Stripe, open Developers, Webhooks, <em>Add endpoint</em>. This address is yours alone; treat it like a
          password.
        </p>
        <UrlToCopy label="Webhook URL" url={webhookUrl}>
          {isLocal ? (
            <>
              Stripe can’t reach this machine under that address. For a trial, run{' '}
              <code>stripe listen --forward-to &lt;webhook URL&gt;</code> and paste the secret that it prints.
            </>
          ) : null}
        </UrlToCopy>
        <details>
          <summary>The {WEBHOOK_EVENTS.length} events to choose</summary>
          <p className="events">
            {WEBHOOK_EVENTS.map((type) => (
              <code key={type}>{type}</code>
            ))}
          </p>
        </details>
        {key ? (
          <form className="paste" method="post" action={ACTION}>
            <input type="hidden" name="do" value="secret" />
            <SecretField
              name="signingSecret"
              label="Signing secret"
              placeholder="whsec_…"
              hint="Stripe shows it on the page of the endpoint."
              fault={faults?.signingSecret}
            />
            <button className={isNext && !canMakeEndpoint ? 'button primary' : 'button'} type="submit">
              Save the secret
            </button>
          </form>
        ) : (
          <p className="muted">Its signing secret is asked for here once the key is saved.</p>
        )}
      </details>
      <p className="muted">
        Switch off Stripe’s own mails about failed payments, or customers get two: in Stripe under{' '}
        <a href={stripeMailSettings(key?.mode ?? 'live')} target="_blank" rel="noreferrer">
          Settings, Billing, Subscriptions and emails
        </a>
        . Best done when you turn on prompts: until then nobody else writes to them.
      </p>
    </Section>
  )
}

function EventSection({ isWatching, step, waits }: StripePageProps & { waits: boolean }) {
  return (
    <Section id="event-step" number={3} title="Wait for the first event">
      {step.firstEvent ? (
        <p className="state recovered">
          <Glyph name="recovered" />
          {step.firstEvent}
        </p>
      ) : (
        <div className="waiting">
          <Glyph name="waiting" />
          <div>
            <p>
              <strong>Waiting for Stripe’s first event</strong>
            </p>
            <p className="muted">
              {waits
                ? 'Nothing has arrived yet. Any of our events will do: change a customer’s name in Stripe, and it is here within seconds. '
                : 'Opens when the key is verified and the signing secret is saved.'}
              {waits && isWatching ? (
                <>
                  This page looks every {LOOK_S} seconds. <a href={`${ACTION}#event-step`}>Stop looking</a>
                </>
              ) : null}
              {waits && !isWatching ? <a href={`${ACTION}?wait#event-step`}>Let this page look by itself</a> : null}
            </p>
          </div>
        </div>
      )}
      {step.isVerified ? (
        <p>
          <a className="button primary large" href="/app">
            Go on
          </a>
        </p>
      ) : (
        <p className="muted">
          {step.firstEvent
            ? 'The panel opens when the key is verified and the signing secret is saved.'
            : 'The panel opens then too; it does not wait for the first event.'}
        </p>
      )}
    </Section>
  )
}

function Section({ id, number, title, children }: { id: string; number: number; title: string; children: ReactNode }) {
  return (
    <section className="step" id={id}>
      <h2>
        <span className="number num" aria-hidden="true">
          {number}
        </span>
        {title}
      </h2>
      {children}
    </section>
  )
}
