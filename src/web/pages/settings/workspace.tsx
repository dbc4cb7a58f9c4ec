import type { SaidView } from '../../presenters/said.js'
import { render } from '../parts/document.js'
import { Door } from '../parts/door.js'
import { Field } from '../parts/field.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'
import { TimeZoneField } from '../parts/time-zone-field.js'

const ACTION = '/app/settings/workspace'

export interface WorkspaceSettingsProps {
  readonly panel: PanelProps
  readonly name: string
  readonly timeZone: string
  readonly ownerEmail: string
  /** How many cases are open: what a deletion would end. */
  readonly openCases: number
  /** As typed, where it was not taken. */
  readonly typed?: { readonly name?: string; readonly timeZone?: string; readonly confirm?: string }
  readonly faults?: { readonly name?: string; readonly timeZone?: string; readonly confirm?: string }
  readonly said: SaidView | null
}

/** `GET|POST /app/settings/workspace`: what it is called, where it is, its data, and its end. */
export const workspaceSettingsPage = (props: WorkspaceSettingsProps) =>
  render(
    <Settings panel={props.panel} here="workspace" said={props.said}>
      <div className="columns">
        <div>
          <Details {...props} />
        </div>
        <div>
          <You email={props.ownerEmail} />
          <Data />
          <Deletion {...props} />
        </div>
      </div>
    </Settings>,
  )

function Details({ name, timeZone, typed, faults }: WorkspaceSettingsProps) {
  return (
    <section aria-labelledby="h-details">
      <h2 id="h-details">Your business</h2>
      <form className="paste" method="post" action={ACTION}>
        <input type="hidden" name="do" value="details" />
        <Field
          name="name"
          label="Name"
          hint="Customers see it on every mail and page."
          autoComplete="organization"
          required
          maxLength={80}
          value={typed?.name ?? name}
          fault={faults?.name}
        />
        <TimeZoneField chosen={typed?.timeZone ?? timeZone} fault={faults?.timeZone} />
        <button className="button primary" type="submit">
          Save
        </button>
      </form>
      <p className="hint spaced">
        Whose name signs the mails, and where answers go, is set with the <a href="/app/settings/sender">sender</a>.
      </p>
    </section>
  )
}

function You({ email }: { email: string }) {
  return (
    <section aria-labelledby="h-you">
      <h2 id="h-you">You</h2>
      <p>
        You sign in as <strong>{email}</strong>.{' '}
        <a href="/app/sessions">Use another address, or see where you are signed in</a>
      </p>
    </section>
  )
}

function Data() {
  return (
    <section className="after" aria-labelledby="h-data">
      <h2 id="h-data">Your data</h2>
      <p>
        Everything that is kept for you: cases, their timelines, mails, touches, events and settings, as CSV and as
        JSON. Keys and secrets stay out.
      </p>
      <p className="spaced">
        <a className="button" href={`${ACTION}/export.zip`} download>
          Download everything
        </a>
      </p>
    </section>
  )
}

function Deletion({ name, openCases, typed, faults }: WorkspaceSettingsProps) {
  const open = openCases === 1 ? 'One open case' : `${openCases.toLocaleString('en-US')} open cases`
  return (
    <section className="after" aria-labelledby="h-delete">
      <h2 id="h-delete">Delete the workspace</h2>
      <p>
        Every row, mail and key goes, at once and for good. Customers’ links stop working; nothing changes in Stripe.
      </p>
      <details className="spaced" open={faults?.confirm !== undefined}>
        <summary className="button">Delete…</summary>
        <div className="surely">
          <p>
            {openCases > 0 ? `${open} will not be followed any more. ` : null}Download your data first: we keep no copy.
          </p>
          <form className="paste" method="post" action={ACTION}>
            <input type="hidden" name="do" value="delete" />
            <Field
              name="confirm"
              label={`Type ${name} to confirm`}
              autoComplete="off"
              required
              value={typed?.confirm}
              fault={faults?.confirm}
            />
            <button className="button danger" type="submit">
              Delete {name} and everything in it
            </button>
          </form>
        </div>
      </details>
    </section>
  )
}

/** What the deletion is answered with: there is no page of the panel left to lead to. */
export const workspaceDeletedPage = ({ name, farewell }: { name: string; farewell: boolean }) =>
  render(
    <Door title="Deleted" from="product">
      <p>
        {name} is deleted with everything that was kept for it.
        {farewell ? ' A mail that says so is on its way to you.' : ''}
      </p>
      <p className="muted">
        Two things are yours to do in Stripe: delete the webhook endpoint, and the restricted key that you made for us.
      </p>
    </Door>,
  )
