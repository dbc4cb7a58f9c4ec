import type { DiagnosticsView, ReportView } from '../presenters/diagnostics.js'
import { Checks } from './diagnostics/checks.js'
import { ByGroup, ByWeek, Largest, LeftOut, Never, Recovery, Trend } from './diagnostics/details.js'
import { Leak } from './diagnostics/leak.js'
import { Running } from './diagnostics/running.js'
import { Glyph } from './parts/glyph.js'
import { Notice } from './parts/notice.js'
import { Press } from './parts/press.js'

const ACTION = '/app/diagnostics'

/** What silent churn cost in the last 90 days, from Stripe's own records. */
export function Diagnostics({ of }: { of: DiagnosticsView }) {
  const { canRun, report, running, said, trouble } = of
  return (
    <>
      <header className="top">
        <div>
          <h1>90-day diagnostic</h1>
          {running ? (
            <p className="muted num">{running.when}</p>
          ) : report ? (
            <p className="muted num">{report.when}</p>
          ) : null}
        </div>
        <div className="end no-print">
          {running ? (
            <Press action={ACTION} does="stop">
              Stop
            </Press>
          ) : null}
          {canRun ? (
            <Press action={ACTION} does="run" look={report ? undefined : 'primary'}>
              {report ? 'Run again' : 'Run it now'}
            </Press>
          ) : null}
          {report && !running ? (
            <>
              <Press action={ACTION} does="mail">
                Mail it to me
              </Press>
              <a className="button" href={report.csvHref} download>
                Download CSV
              </a>
            </>
          ) : null}
        </div>
      </header>
      <Notice of={said ?? null} />
      {trouble && !running ? (
        <div className="notice attention">
          <Glyph name="attention" />
          <p>{trouble}</p>
        </div>
      ) : null}
      {running ? <Running of={running} /> : null}
      {report ? (
        <Report of={report} unfollowed={of.unfollowed} isBelow={running !== null} />
      ) : running ? null : (
        <FirstTime canRun={canRun} />
      )}
      <Checks of={of} />
      <p className="muted small schedule-line">
        {of.schedule}{' '}
        <a className="no-print" href="/app/diagnostics/schedule">
          Change
        </a>
      </p>
    </>
  )
}

function FirstTime({ canRun }: { canRun: boolean }) {
  return (
    <p className="empty">
      See what the last 90 days leaked. The first run takes a few minutes and changes nothing in Stripe.
      {canRun ? null : ' It needs a key that Stripe takes: save one in the settings.'}
    </p>
  )
}

interface ReportProps {
  readonly of: ReportView
  readonly unfollowed: DiagnosticsView['unfollowed']
  readonly isBelow: boolean
}

function Report({ of, isBelow, unfollowed }: ReportProps) {
  const { currencies, detail, empty, statements } = of
  return (
    <>
      {isBelow ? <h2 className="before-head">The report before</h2> : null}
      {isBelow ? <p className="muted num">{of.when}</p> : null}
      {of.isOld ? (
        <div className="notice open">
          <Glyph name="open-0" />
          <p>
            This is an earlier report. <a href="/app/diagnostics">See the newest</a>
          </p>
        </div>
      ) : null}
      {empty ? (
        <p className="empty">{empty}</p>
      ) : (
        <section className="statements" aria-label="Result by currency">
          {statements.map((statement) => (
            <Leak key={statement.currency} of={statement} />
          ))}
        </section>
      )}
      {detail ? (
        <>
          {currencies.length > 1 ? (
            <nav className="choice currencies no-print" aria-label="Currency of what follows">
              {currencies.map(({ code, href, isHere }) => (
                <a key={code} href={href} {...(isHere ? { 'aria-current': 'true' as const } : {})}>
                  {code}
                </a>
              ))}
            </nav>
          ) : null}
          <div className="columns">
            <Never of={detail.never} currency={detail.currency} />
            <div>
              {unfollowed ? (
                <section className="block no-print" aria-labelledby="h-unpaid">
                  <h2 id="h-unpaid">{unfollowed.heading}</h2>
                  <p className="explains">{unfollowed.words}</p>
                  <a className="button primary" href="/app/diagnostics/past">
                    See what would happen
                  </a>
                </section>
              ) : null}
              <section className="block" aria-labelledby="h-reach">
                <h2 id="h-reach">Within reach of a prompt</h2>
                {detail.estimate ? (
                  <>
                    <p className="figure">
                      <b>
                        <a href={detail.estimate.href}>{detail.estimate.range}</a>
                      </b>
                    </p>
                    <p className="muted">{detail.estimate.why}</p>
                    <p className="muted small">{detail.estimate.assumption}</p>
                  </>
                ) : (
                  <p className="muted">
                    Nothing that was lost in {detail.currency} failed for a reason that a customer can mend.
                  </p>
                )}
              </section>
            </div>
          </div>
          <div className="columns">
            <ByGroup id="decline" title="By decline" head="Decline" of={detail.byDecline} currency={detail.currency} />
            <Largest of={detail} />
          </div>
          <div className="columns">
            {detail.weeks ? <ByWeek of={detail.weeks} currency={detail.currency} /> : <div />}
            <Recovery of={detail} />
          </div>
          <div className="columns">
            <ByGroup id="plan" title="By plan" head="Plan" of={detail.byPlan} currency={detail.currency} />
            <div>
              <ByGroup id="reason" title="By reason" head="Reason" of={detail.byReason} currency={detail.currency} />
            </div>
          </div>
        </>
      ) : null}
      <div className="columns">
        <LeftOut of={of} />
        <div>{of.trend ? <Trend of={of.trend} /> : null}</div>
      </div>
    </>
  )
}
