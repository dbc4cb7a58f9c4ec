import type { ReactNode } from 'react'
import type { ActionsView } from '../../presenters/case-actions.js'

interface CaseActionsProps {
  readonly of: ActionsView
  /** The recovery link, once it was asked for. */
  readonly link: string | null
}

/** What the owner can do. What moves money, or can't be undone, asks once more and names the sum. */
export function CaseActions({ of: { base, isPaused, remaining, requestId }, link }: CaseActionsProps) {
  return (
    <div className="actions">
      <div className="buttons">
        <Press to={`${base}/link`} look="primary">
          Show recovery link
        </Press>
        <Press to={`${base}/send`} fields={{ request: requestId }}>
          Send now
        </Press>
        {isPaused ? <Press to={`${base}/resume`}>Resume</Press> : <Press to={`${base}/pause`}>Pause</Press>}
        <details name="sure">
          <summary className="button">Retry payment…</summary>
          <Sure says="Stripe charges the customer’s new card, or else the one on file, now and once.">
            <Press to={`${base}/retry`} fields={{ request: requestId }}>
              Charge {remaining.text}
            </Press>
          </Sure>
        </details>
        <details name="sure">
          <summary className="button quiet">Dismiss…</summary>
          <Sure says="Nothing more is sent about this invoice. Stripe goes on as it does: a later payment still counts.">
            <Press to={`${base}/dismiss`} look="danger">
              Dismiss {remaining.text}
            </Press>
          </Sure>
        </details>
      </div>
      {link ? <Link link={link} /> : null}
    </div>
  )
}

interface PressProps {
  readonly to: string
  readonly look?: 'primary' | 'danger'
  /** Sent along. */
  readonly fields?: Readonly<Record<string, string>>
  readonly children: ReactNode
}

function Press({ to, look, fields = {}, children }: PressProps) {
  return (
    <form method="post" action={to}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button className={look ? `button ${look}` : 'button'} type="submit">
        {children}
      </button>
    </form>
  )
}

function Sure({ says, children }: { says: string; children: ReactNode }) {
  return (
    <div className="sure">
      <p>{says}</p>
      {children}
    </div>
  )
}

function Link({ link }: { link: string }) {
  return (
    <div className="field revealed">
      <label htmlFor="recovery-link">Recovery link</label>
      <input className="input mono" id="recovery-link" value={link} readOnly aria-describedby="recovery-link-hint" />
      <p className="hint" id="recovery-link-hint">
        Select and copy it to send it yourself. It works for whoever has it, as long as the case is open.
      </p>
    </div>
  )
}
