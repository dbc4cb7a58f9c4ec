import type { PromptsView } from '../../presenters/prompts.js'
import type { SaidView } from '../../presenters/said.js'
import { render } from '../parts/document.js'
import { Press } from '../parts/press.js'
import { NoProvider, RehearsedMails, RehearsedSkips, RehearsedWaits } from '../parts/rehearsal.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'

const ACTION = '/app/settings/prompts'

export interface PromptsPageProps {
  readonly panel: PanelProps
  readonly prompts: PromptsView
  readonly said: SaidView | null
}

/** `GET /app/settings/prompts`: the switch stands behind what it would do. */
export const promptsPage = ({ panel, prompts, said }: PromptsPageProps) =>
  render(
    <Settings panel={panel} here="prompts" said={said}>
      <div className="columns">
        <div>{prompts.onSince ? <On since={prompts.onSince} /> : <Off of={prompts} />}</div>
        <div>
          <Before of={prompts} />
          <Paying of={prompts.pays} />
        </div>
      </div>
    </Settings>,
  )

function On({ since }: { since: string }) {
  return (
    <section aria-labelledby="h-prompts">
      <h2 id="h-prompts">Prompts are on</h2>
      <p className="prose">
        Since {since}. Whoever’s renewal fails hears from you within five minutes; reminders follow{' '}
        <a href="/app/settings/campaign">your campaign</a>.
      </p>
      <div className="buttons spaced">
        <details>
          <summary className="button">Turn prompts off…</summary>
          <div className="sure">
            <p>
              Nobody is written to any more; only a mail that is on its way already still arrives. What is planned is
              kept: when you turn prompts on again, each customer gets at most one of the mails that came due meanwhile,
              and the others as planned.
            </p>
            <Press action={ACTION} does="off">
              Turn prompts off
            </Press>
          </div>
        </details>
      </div>
    </section>
  )
}

function Off({ of: { rehearsal, restored } }: { of: PromptsView }) {
  if (!rehearsal) return null
  return (
    <>
      <section aria-labelledby="h-prompts">
        <div className="section-head">
          <h2 id="h-prompts">Prompts are off: nobody is written to</h2>
          <span className="end num">As of {rehearsal.asOf}</span>
        </div>
        {restored ? <p className="notice">{restored}</p> : null}
        <p className="prose">
          {rehearsal.mailCount === 0
            ? 'Turned on now, no mail goes out at once. From then on, whoever’s renewal fails hears from you within five minutes.'
            : `Turned on now, ${rehearsal.mailsInWords} ${rehearsal.mailsInWords === '1 mail' ? 'goes' : 'go'} out at once, in these words. Before each we ask Stripe whether the invoice is still open.`}
        </p>
        {rehearsal.hasProvider ? null : <NoProvider what="Turned on now" />}
        <RehearsedMails of={rehearsal} />
      </section>
      <RehearsedSkips of={rehearsal} />
      <RehearsedWaits of={rehearsal} />
      <Later of={rehearsal.later} />
    </>
  )
}

function Later({ of: later }: { of: NonNullable<PromptsView['rehearsal']>['later'] }) {
  if (later.length === 0) return null
  return (
    <section className="after" aria-labelledby="h-later">
      <h2 id="h-later">What follows, unless it is paid first</h2>
      <dl className="facts days">
        {later.map(({ day, mails }) => (
          <div key={day}>
            <dt>{day}</dt>
            <dd className="num">{mails}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** What to know, and the switch: on a narrow screen it comes after all that it would do. */
function Before({ of: { onSince, stripeMails, testMail, button } }: { of: PromptsView }) {
  return (
    <section aria-labelledby="h-before">
      <h2 id="h-before">{onSince ? 'So that customers get one mail' : 'Before you turn them on'}</h2>
      <p className="prose">
        Switch off Stripe’s own mails about failed payments, or customers get two: in Stripe under{' '}
        <a href={stripeMails} target="_blank" rel="noreferrer">
          Settings, Billing, Subscriptions and emails
        </a>
        .
      </p>
      {testMail ? <p className="prose muted">{testMail}</p> : null}
      {onSince ? null : (
        <Press action={ACTION} does="on" look="primary">
          {button}
        </Press>
      )}
    </section>
  )
}

function Paying({ of: { isOn, mayPay } }: { of: PromptsView['pays'] }) {
  return (
    <section className="after" aria-labelledby="h-paying">
      <h2 id="h-paying">Paying with the new card: {isOn ? 'on' : 'off'}</h2>
      <p className="prose">
        {isOn
          ? 'When a customer saves another card, we have the open invoice charged to it: once for each invoice and card.'
          : 'When a customer saves another card, we charge nothing: the invoice stays open until Stripe’s next attempt, or until you charge it.'}
      </p>
      {mayPay ? null : (
        <p className="prose">
          Your key may not pay invoices, so it is as if this were off.{' '}
          <a href="/onboarding/stripe">Give it the permission</a>
        </p>
      )}
      <Press action={ACTION} does={isOn ? 'pay-off' : 'pay-on'}>
        {isOn ? 'Switch it off' : 'Switch it on'}
      </Press>
    </section>
  )
}
