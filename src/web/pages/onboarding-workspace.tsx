import { render } from './parts/document.js'
import { Field } from './parts/field.js'
import { Setup } from './parts/setup.js'
import { TimeZoneField } from './parts/time-zone-field.js'

export interface WorkspaceForm {
  readonly name: string
  readonly senderName: string
  readonly timeZone: string
  readonly replyTo: string
}

interface WorkspacePageProps {
  readonly ownerEmail: string
  /** As typed; `null`: nothing yet. */
  readonly typed: WorkspaceForm | null
  readonly faults: Partial<Record<keyof WorkspaceForm, string>>
}

/** `GET /onboarding/workspace`. The browser's time zone is guessed by a script, and can be chosen without. */
export function workspacePage({ ownerEmail, typed, faults }: WorkspacePageProps): string {
  return render(
    <Setup title="Your workspace" step="Workspace" ownerEmail={ownerEmail} script="time-zone.js">
      <p className="lead">
        One business, one workspace. Customers see its name on every mail; all of it can be changed later.
      </p>
      <form className="form" method="post" action="/onboarding/workspace">
        <Field
          name="name"
          label="Name of your business"
          autoComplete="organization"
          required
          maxLength={80}
          value={typed?.name}
          fault={faults.name}
        />
        <Field
          name="senderName"
          label="Your first name"
          hint="Mails are signed with it, as from a person. May stay empty."
          autoComplete="given-name"
          maxLength={40}
          value={typed?.senderName}
          fault={faults.senderName}
        />
        <TimeZoneField chosen={typed ? typed.timeZone : null} fault={faults.timeZone} />
        <Field
          name="replyTo"
          label="Where answers of customers go"
          type="email"
          hint={`Empty: ${ownerEmail}. Another address gets a mail to confirm it first.`}
          autoComplete="email"
          maxLength={254}
          value={typed?.replyTo}
          fault={faults.replyTo}
        />
        <button className="button primary large" type="submit">
          Make the workspace
        </button>
      </form>
    </Setup>,
  )
}
