import { randomBytes, randomUUID } from 'node:crypto'
import type { Context } from '../../src/context.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { Mail } from '../../src/db/models/mail.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { type Observation, observe, openCase } from '../../src/domain/case.js'
import { columnsOf } from '../../src/recovery/case-state.js'
import { linkPlace } from '../../src/recovery/open-case.js'
import { mailPlace } from '../../src/recovery/write-mail.js'
import { hashToken, newToken } from '../../src/secrets/tokens.js'
import type { TestWorkspace } from './factories.js'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

type Of = Pick<TestWorkspace, 'id' | 'connectionId'>
type Over<Row> = { [Column in keyof Row]?: Row[Column] | undefined }

interface CaseOver extends Over<RecoveryCase> {
  /** How long ago the charge failed, in milliseconds. */
  readonly ago?: number
  /** What was seen since, from which the figures follow. */
  readonly seen?: readonly Observation[]
}

/** A case as it stands in the database: $149.00 that failed, nothing planned, until `over` says otherwise. */
export async function aStoredCase(context: Context, of: Of, { ago = HOUR, seen = [], ...over }: CaseOver = {}) {
  const failedAt = new Date(context.now().getTime() - ago)
  const amountRemaining = over.exposure ?? 14_900
  const opened = openCase({ at: failedAt, amountRemaining, amountPaid: 0, amountCredited: 0 })
  const name = randomBytes(6).toString('hex')
  const token = newToken()
  return RecoveryCase.query(context.db).insertAndFetch({
    workspace_id: of.id,
    connection_id: of.connectionId,
    stripe_invoice_id: `in_${name}`,
    stripe_customer_id: `cus_${name}`,
    stripe_subscription_id: `sub_${name}`,
    customer_name: `Customer ${name}`,
    customer_email: `${name}@customer.example`,
    decline_class: 'card',
    decline_code: 'expired_card',
    attempt_count: 1,
    currency: 'usd',
    ...columnsOf(seen.reduce(observe, opened)),
    received_at: failedAt,
    opened_at: failedAt,
    campaign_at: failedAt,
    link_token_hash: hashToken(token),
    link_token_sealed: context.cipher.seal(token, linkPlace(of.id)),
    ...over,
  } as object)
}

/** A touch of a case, planned for now until `over` says otherwise. */
export function aStoredTouch(context: Context, { workspace_id, id }: RecoveryCase, over: Over<Touch> = {}) {
  return Touch.query(context.db).insertAndFetch({
    workspace_id,
    case_id: id,
    step: 0,
    due_at: context.now(),
    ...over,
  } as object)
}

const CONTENT = JSON.stringify({ html: '<p>Hello</p>', text: 'Hello', headers: {} })

/** A mail in a delivery of its own, under way until `over` says otherwise. */
export async function aStoredMail(
  context: Context,
  { workspace_id }: RecoveryCase,
  { delivery, ...over }: Over<Mail> & { readonly delivery?: Over<Delivery> } = {},
) {
  const id = randomUUID()
  await Delivery.query(context.db).insert({
    id,
    workspace_id,
    provider_key: 'fake',
    idempotency_key: `key-${id}`,
    fixed_at: context.now(),
    lease_until: context.now(),
    ...delivery,
  } as object)
  return Mail.query(context.db).insertAndFetch({
    workspace_id,
    delivery_id: id,
    position: 0,
    to_address: 'somebody@customer.example',
    from_address: 'mail@secondloop.example',
    reply_to: 'owner@fernhill.example',
    subject: 'Your renewal',
    content_sealed: context.cipher.seal(CONTENT, mailPlace(workspace_id)),
    ...over,
  } as object)
}

/** A touch whose mail the provider accepted. */
export async function aSentTouch(context: Context, of: RecoveryCase, at: Date, over: Over<Touch> = {}) {
  const mail = await aStoredMail(context, of, {
    accepted_at: at,
    delivery: { fixed_at: at, lease_until: at, answered_at: at },
  })
  return aStoredTouch(context, of, { due_at: at, mail_id: mail.id, sent_at: at, ...over })
}
