import type { PastCasesView, PastLineView } from '../../presenters/past-cases.js'
import { render } from '../parts/document.js'
import { Glyph } from '../parts/glyph.js'
import { Money } from '../parts/money.js'
import { Panel } from '../parts/panel.js'
import { NoProvider, RehearsedMails, RehearsedSkips } from '../parts/rehearsal.js'
import type { PanelProps } from '../parts/shell.js'

/** `GET /app/diagnostics/past`: which unpaid renewals of the report would become cases, and who would hear of it. */
export const pastCasesPage = ({ panel, of }: { readonly panel: PanelProps; readonly of: PastCasesView }) =>
  render(
    <Panel panel={panel} here="diagnostics" title="Cases from the past" moreStyles={['settings', 'diagnostics']}>
      <a className="crumb" href="/app/diagnostics">
        <Glyph name="back" />
        90-day diagnostic
      </a>
      <div className="top">
        <div>
          <h1>Cases from the past</h1>
          <p className="muted">
            {of.more ? `${of.more}. ` : ''}What the report found unpaid, as Stripe has it now. Nothing is changed yet.
          </p>
        </div>
      </div>
      {of.opens.length === 0 ? (
        <p className="empty">Nothing of it can become a case now.</p>
      ) : (
        <div className="columns">
          <form method="post" action="/app/diagnostics/past" aria-labelledby="h-opens">
            <h2 id="h-opens">These become cases</h2>
            <ul className="picks">
              {of.opens.map((line) => (
                <li key={line.invoiceId}>
                  <label className="choice">
                    <input type="checkbox" name="invoice" value={line.invoiceId} defaultChecked />
                    <Line of={line} />
                  </label>
                </li>
              ))}
            </ul>
            <button className="button primary" type="submit">
              {of.button}
            </button>
            <p className="hint spaced">
              What is not ticked stays as it is, and can be opened later. A case that is paid counts as recovered from
              now on.
            </p>
          </form>
          <section aria-labelledby="h-mails">
            <h2 id="h-mails">Who hears of it</h2>
            {of.promptsOn ? <Mails of={of} /> : <Off />}
          </section>
        </div>
      )}
      {of.stays.length > 0 ? (
        <section aria-labelledby="h-stays">
          <h2 id="h-stays">These stay as they are</h2>
          <ul className="picks">
            {of.stays.map((line) => (
              <li key={line.invoiceId}>
                <Line of={line} />
                <p className="muted small">{line.why}</p>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </Panel>,
  )

function Line({ of: { amount, customer, plan, since } }: { of: PastLineView }) {
  return (
    <span className="pick">
      <span>
        <span className="name">{customer}</span>
        <span className="second muted small">{plan ? `${plan}, ${since}` : since}</span>
      </span>
      <Money of={amount} />
    </span>
  )
}

function Mails({ of: { rehearsal } }: { of: PastCasesView }) {
  return (
    <>
      <p className="prose">
        Prompts are on: {rehearsal.mailsInWords} would go out within five minutes, and reminders follow your campaign
        from now on.
      </p>
      {rehearsal.hasProvider ? null : <NoProvider what="Opened now" />}
      <RehearsedMails of={rehearsal} />
      <RehearsedSkips of={rehearsal} />
    </>
  )
}

function Off() {
  return (
    <p className="prose">
      Prompts are off: nobody is written to. The cases wait in their list, and the dry run of{' '}
      <a href="/app/settings/prompts">the prompts’ switch</a> shows them too.
    </p>
  )
}
