import { assetFiles } from '../asset-files.js'
import { Brand } from './parts/brand.js'
import { Document, render } from './parts/document.js'
import { Glyph } from './parts/glyph.js'

const TITLE = 'SecondLoop: catch failed Stripe renewals'
const PROMISE = 'Catch failed Stripe renewals before they become invisible revenue loss.'
const LEAD =
  'SecondLoop is a focused SaaS surface for small subscription teams: audit the last 90 days, route customers into Stripe-hosted payment updates, and keep the operator view compact enough to run solo.'

const RENEWAL = [
  {
    icon: { name: 'lost', tone: 'lost' },
    at: '14:19:03',
    title: 'Failed renewal detected',
    words: (
      <>
        <code>invoice.payment_failed</code> enters the queue.
      </>
    ),
  },
  {
    icon: { name: 'mail' },
    at: '14:19:12',
    title: 'Prompt customer cleanly',
    words: 'Send a short recovery note with Stripe-hosted update flow.',
  },
  {
    icon: { name: 'recovered', tone: 'recovered' },
    at: '14:51:05',
    title: 'See recovered revenue',
    words: 'Recovered invoices settle back into the operator timeline.',
  },
] as const

const PROMISES = [
  ['Recovery window', '< 5 min', 'From Stripe webhook receipt to first customer touch.'],
  ['Operator posture', 'Read, route, recover', 'Built for one-person teams before sales or support ops exist.'],
  ['Scope', 'Billing only', 'Subscription invoice failures only. No AI fluff, no extra rails.'],
] as const

const REASONS = [
  [
    'Audit',
    'See the last 90 days of missed renewal pressure in one pass.',
    'SecondLoop starts with a Stripe-first diagnostic so operators can quantify exposed revenue before turning on automation.',
  ],
  [
    'Notify',
    'Trigger the cleanest possible follow-up path.',
    'Customers get routed into Stripe-hosted payment updates instead of a custom billing maze your team has to maintain.',
  ],
  [
    'Recover',
    'Track what came back, what stalled, and what needs human eyes.',
    'The dashboard stays compact: open cases, timing pressure, webhook health, and recovered revenue.',
  ],
] as const

const SEQUENCE = [
  'Sign in with a magic link, create the owner workspace, and claim the operator shell.',
  'Connect a restricted Stripe key and save the Stripe webhook signing secret.',
  'Run a 90-day failed invoice diagnostic to size the leak.',
  'Turn on payment-failed prompts that point into Stripe Customer Portal.',
  'Watch recovered revenue, unresolved cases, and event health from one shell.',
] as const

const EXAMPLES = [
  { name: 'Cloudsmith', plan: 'Pro annual', code: 'expired_card', amount: '$1,490', state: '41m since failure' },
  {
    name: 'Relayform',
    plan: 'Growth monthly',
    code: 'authentication_required',
    amount: '$299',
    state: '14m since action required',
  },
  {
    name: 'Northstar',
    plan: 'Starter monthly',
    code: 'insufficient_funds',
    amount: '$119',
    state: 'Recovered in 32m',
    isBack: true,
  },
] as const

const numbered = (index: number) => String(index + 1).padStart(2, '0')

/** `GET /`: what the product promises, in its own words and order. Runs without script and loads nothing from elsewhere. */
export function landingPage({ appUrl }: { appUrl: string }): string {
  return render(
    <Document
      title={TITLE}
      styles="landing"
      mark
      shared={{ url: `${appUrl}/`, description: LEAD, picture: `${appUrl}${assetFiles.href('preview.png')}` }}
    >
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="wrap masthead">
        <Brand href="/" />
        <nav aria-label="Site">
          <a className="plain" href="#why">
            Why
          </a>
          <a className="plain" href="#sequence">
            How it starts
          </a>
          <a className="button" href="/sign-in">
            Sign in
          </a>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <section className="wrap hero">
          <div>
            <p className="kicker">Silent churn is still churn</p>
            <h1>{PROMISE}</h1>
            <p className="lead">{LEAD}</p>
            <div className="buttons">
              <a className="button primary large" href="/sign-in">
                Size your last 90 days
              </a>
              <a className="button quiet large" href="#sequence">
                How it starts
              </a>
            </div>
          </div>
          <Snapshot />
        </section>
        <section className="wrap renewal" aria-label="What happens to one renewal">
          <ol>
            {RENEWAL.map(({ at, icon, title, words }) => (
              <li key={at}>
                <p className="when">
                  <Glyph {...icon} />
                  <time>{at}</time>
                </p>
                <h2>{title}</h2>
                <p className="muted">{words}</p>
              </li>
            ))}
          </ol>
        </section>
        <div className="band">
          <dl className="wrap promises">
            {PROMISES.map(([what, promise, note]) => (
              <div key={what}>
                <dt>{what}</dt>
                <dd>{promise}</dd>
                <dd className="note">{note}</dd>
              </div>
            ))}
          </dl>
        </div>
        <section className="wrap reasons" id="why">
          <div className="reasons-head">
            <h2>A tight workflow beats a broad dashboard when one person owns recovery.</h2>
            <p className="muted">
              Each section stays narrow: diagnose, notify, recover, verify. No extra motion, no pricing maze, no
              pseudo-AI layer.
            </p>
          </div>
          <ol className="three">
            {REASONS.map(([name, title, words], index) => (
              <li key={name}>
                <p className="kicker">
                  <span className="num">{numbered(index)}</span> {name}
                </p>
                <h3>{title}</h3>
                <p className="muted">{words}</p>
              </li>
            ))}
          </ol>
        </section>
        <section className="wrap sequence" id="sequence">
          <h2>From signing in to watching, in five steps.</h2>
          <ol>
            {SEQUENCE.map((step, index) => (
              <li key={step}>
                <span className="num muted">{numbered(index)}</span>
                <p>{step}</p>
              </li>
            ))}
          </ol>
        </section>
        <section className="wrap closing">
          <h2>Read, route, recover.</h2>
          <p className="muted">Single-owner workspace. Stripe Billing only. Minimal recovery automation.</p>
          <div className="buttons">
            <a className="button primary large" href="/sign-in">
              Size your last 90 days
            </a>
          </div>
        </section>
      </main>
      <footer>
        <div className="wrap foot">
          <Brand href="/" />
          <span className="muted">Involuntary churn, answered within five minutes.</span>
        </div>
      </footer>
    </Document>,
  )
}

/** What the panel looks like after a while: an example, and marked as one. */
function Snapshot() {
  return (
    <figure className="snapshot">
      <figcaption>Operator snapshot, an example</figcaption>
      <p className="sentence">
        <b>$6,780</b> recovered from <strong className="num">$12,840</strong> exposed
      </p>
      <div className="sum" aria-hidden="true">
        <i className="back" />
        <i className="rest" />
      </div>
      <p className="muted">
        <strong className="num">53%</strong> by amount, <strong className="num">35%</strong> by cases
      </p>
      <ul>
        {EXAMPLES.map(({ amount, code, name, plan, state, ...rest }) => (
          <li key={name}>
            <p className="name">{name}</p>
            <p className="money">{amount}</p>
            <p className="what muted">
              {plan} / <code>{code}</code>
            </p>
            <p className={`state ${'isBack' in rest ? 'recovered' : 'open'}`}>
              <Glyph name={'isBack' in rest ? 'recovered' : 'open-1'} />
              {state}
            </p>
          </li>
        ))}
      </ul>
    </figure>
  )
}
