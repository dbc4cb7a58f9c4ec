import { MAIL_EVENTS } from '../../../mail/provider-account.js'
import type { SaidView } from '../../presenters/said.js'
import type { OwnSenderView, RepliesView, SenderView } from '../../presenters/sender.js'
import { render } from '../parts/document.js'
import { Field } from '../parts/field.js'
import { Glyph } from '../parts/glyph.js'
import { Notice } from '../parts/notice.js'
import { Press } from '../parts/press.js'
import { SecretField } from '../parts/secret-field.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'
import { UrlToCopy } from '../parts/url-to-copy.js'

const ACTION = '/app/settings/sender'

/** As typed, where it was not taken. The key is kept in this one answer, where it is not the fault. */
export interface TypedSender {
  readonly fromAddress?: string
  readonly apiKey?: string
  readonly replyTo?: string
  readonly senderName?: string
}

export type SenderFaults = Partial<Record<'fromAddress' | 'apiKey' | 'secret' | 'replyTo' | 'senderName', string>>

export interface SenderPageProps {
  readonly panel: PanelProps
  readonly sender: SenderView
  /** Whether the mail provider can reach us at all. */
  readonly isLocal: boolean
  readonly typed?: TypedSender
  readonly faults?: SenderFaults
  readonly said: SaidView | null
}

/** `GET|POST /app/settings/sender`: where mails come from, and where answers go. */
export const senderPage = (props: SenderPageProps) =>
  render(
    <Settings panel={props.panel} here="sender" said={props.said}>
      <div className="columns">
        <div>{props.sender.own ? <Own {...props} own={props.sender.own} /> : <Installation {...props} />}</div>
        <div>
          <Replies of={props.sender.replies} typed={props.typed?.replyTo} fault={props.faults?.replyTo} />
          <Name of={props.typed?.senderName ?? props.sender.senderName} fault={props.faults?.senderName} />
        </div>
      </div>
    </Settings>,
  )

function Installation({ sender: { from, installation }, typed, faults }: SenderPageProps) {
  return (
    <>
      <section aria-labelledby="h-sender">
        <h2 id="h-sender">
          {installation ? 'Mails come from this installation’s address' : 'Nothing sends mails yet'}
        </h2>
        {from ? (
          <p className="prose">
            Customers read: <strong>{from}</strong>. The name is your workspace’s, and answers go where you say.
          </p>
        ) : (
          <p className="prose">
            This installation has no mail provider, so nobody is written to. Whoever runs it sets RESEND_API_KEY and
            EMAIL_FROM, or you connect your own below.
          </p>
        )}
      </section>
      <section className="after" aria-labelledby="h-own">
        <h2 id="h-own">Send from your own address</h2>
        <p className="prose">
          With an account at Resend, and your domain verified there, mails come from an address of yours. The key is
          checked before anything changes.
        </p>
        <KeyForm typed={typed} faults={faults} isPrimary />
      </section>
    </>
  )
}

function Own({
  sender: { from, installation },
  own,
  isLocal,
  typed,
  faults,
}: SenderPageProps & { own: OwnSenderView }) {
  const isRefused = Boolean(faults?.apiKey ?? faults?.fromAddress)
  return (
    <>
      <section aria-labelledby="h-sender">
        <h2 id="h-sender">
          {own.withdrawn ? 'Mails wait: Resend refuses your own address' : 'Mails come from your own address'}
        </h2>
        {own.withdrawn ? (
          <div className="notice attention">
            <Glyph name="attention" tone="attention" />
            <p>
              <strong>{own.withdrawn.what}</strong> {own.withdrawn.todo}
            </p>
          </div>
        ) : null}
        <dl className="facts start">
          <dt>Customers read</dt>
          <dd>{from}</dd>
          <dt>State</dt>
          <dd>
            {own.withdrawn ? (
              <span className="state attention">
                <Glyph name="attention" />
                Refused by Resend
              </span>
            ) : (
              <span className="state recovered">
                <Glyph name="recovered" />
                In use
              </span>
            )}
            <span className="hint">{own.proof}</span>
          </dd>
          <dt>Key</dt>
          <dd>{own.key}</dd>
        </dl>
        <div className="buttons spaced">
          <Press action={ACTION} does="check" look={own.withdrawn !== null && !isRefused ? 'primary' : undefined}>
            Check again
          </Press>
          <details>
            <summary className="button quiet">Remove…</summary>
            <div className="sure">
              <p>
                {installation
                  ? `Mails then come from ${installation}, in your workspace’s name.`
                  : 'This installation has no mail provider of its own: nothing sends mails then.'}{' '}
                The key is deleted here. A mail that is on its way and was never answered cannot be asked about any
                more: such a case is left to you.
              </p>
              <Press action={ACTION} does="remove" look="danger">
                Remove {own.address}
              </Press>
            </div>
          </details>
        </div>
      </section>
      <Webhook of={own} isLocal={isLocal} fault={faults?.secret} />
      <section className="after" aria-labelledby="h-other">
        <h2 id="h-other">Use another key or address</h2>
        <KeyForm typed={{ fromAddress: own.address, ...typed }} faults={faults} isPrimary={isRefused} />
      </section>
    </>
  )
}

interface KeyFormProps {
  readonly typed: TypedSender | undefined
  readonly faults: SenderFaults | undefined
  readonly isPrimary: boolean
}

function KeyForm({ typed, faults, isPrimary }: KeyFormProps) {
  return (
    <form className="stack" method="post" action={ACTION}>
      <input type="hidden" name="do" value="connect" />
      <Field
        name="fromAddress"
        label="Address that mails come from"
        type="email"
        placeholder="billing@example.com"
        autoComplete="off"
        maxLength={254}
        required
        value={typed?.fromAddress}
        fault={faults?.fromAddress}
      />
      <SecretField
        name="apiKey"
        label="Key of Resend"
        placeholder="re_…"
        value={typed?.apiKey}
        hint="With full access we can ask about the domain and make the webhook. One that may only send proves itself by a mail to you."
        fault={faults?.apiKey}
      />
      <button className={isPrimary ? 'button primary' : 'button'} type="submit">
        Check and use it
      </button>
    </form>
  )
}

interface WebhookProps {
  readonly of: OwnSenderView
  readonly isLocal: boolean
  readonly fault: string | undefined
}

function Webhook({ of: { isHeardOf, webhookUrl }, isLocal, fault }: WebhookProps) {
  return (
    <section className="after" aria-labelledby="h-webhook">
      <h2 id="h-webhook">What becomes of your mails</h2>
      <p className="prose">
        {isHeardOf
          ? 'Resend tells us what was delivered, what bounced and who complained: it stands on each case, and such addresses are not written to again.'
          : 'Nobody tells us yet what was delivered, what bounced and who complained: your key may not make the webhook. Make it in Resend by hand.'}
      </p>
      <details className="spaced" open={isHeardOf && !fault ? undefined : true}>
        <summary>{isHeardOf ? 'Do it by hand' : 'Make the webhook in Resend'}</summary>
        <p className="prose">
          In Resend, open Webhooks, <em>Add Webhook</em>. This address is yours alone; treat it like a password.
        </p>
        <UrlToCopy label="Endpoint URL" url={webhookUrl}>
          {isLocal ? 'Resend can’t reach this machine under that address.' : null}
        </UrlToCopy>
        <p className="hint spaced">
          Events:{' '}
          {MAIL_EVENTS.map((type, index) => (
            <span key={type}>
              {index > 0 ? ', ' : ''}
              <code>{type}</code>
            </span>
          ))}
          .
        </p>
        <form className="stack" method="post" action={ACTION}>
          <input type="hidden" name="do" value="secret" />
          <SecretField
            name="secret"
            label="Signing secret"
            placeholder="whsec_…"
            hint="Resend shows it on the page of the webhook."
            fault={fault}
          />
          <button className="button" type="submit">
            Save the secret
          </button>
        </form>
      </details>
    </section>
  )
}

function Replies({
  of: { address, isOwners, pending, bounced },
  typed,
  fault,
}: {
  of: RepliesView
  typed: string | undefined
  fault: string | undefined
}) {
  return (
    <section aria-labelledby="h-replies">
      <h2 id="h-replies">Where answers go</h2>
      {bounced ? (
        <Notice of={{ glyph: 'attention', tone: 'attention', words: bounced.words }} />
      ) : (
        <p className="prose">
          To <strong>{address}</strong>
          {isOwners ? ', where you sign in.' : '.'}
        </p>
      )}
      {pending ? (
        <p className="prose">
          {pending} was mailed a link, and has not said yes. Until then answers come to {address}.
        </p>
      ) : null}
      <form className="stack" method="post" action={ACTION}>
        <input type="hidden" name="do" value="reply-to" />
        <Field
          name="replyTo"
          label="Another address for answers"
          type="email"
          autoComplete="off"
          maxLength={254}
          required
          value={typed ?? bounced?.address ?? pending ?? undefined}
          hint="It gets a link to confirm first."
          fault={fault}
        />
        <button className="button" type="submit">
          Mail it a link
        </button>
      </form>
      {isOwners && !bounced && !pending ? null : (
        <div className="spaced">
          <Press action={ACTION} does="reply-to-me">
            Have answers come to me
          </Press>
        </div>
      )}
    </section>
  )
}

function Name({ of: senderName, fault }: { of: string; fault: string | undefined }) {
  return (
    <section className="after" aria-labelledby="h-name">
      <h2 id="h-name">Who signs</h2>
      <form className="stack" method="post" action={ACTION}>
        <input type="hidden" name="do" value="name" />
        <Field
          name="senderName"
          label="Your first name"
          hint="Mails are signed with it, as from a person. May stay empty: then your workspace signs."
          autoComplete="given-name"
          maxLength={40}
          value={senderName}
          fault={fault}
        />
        <button className="button" type="submit">
          Save the name
        </button>
      </form>
    </section>
  )
}
