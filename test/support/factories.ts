import { randomBytes, randomUUID } from 'node:crypto'
import type { Context } from '../../src/context.js'
import { Owner } from '../../src/db/models/owner.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { hashToken, newToken } from '../../src/secrets/tokens.js'
import { eventOf, failedInvoice, paidInvoice, type Renewal } from './invoice-shapes.js'

/** A connected workspace as tests need it. */
export interface TestWorkspace {
  readonly id: string
  readonly connectionId: string
  readonly webhookToken: string
  readonly signingSecret: string
  readonly owner: Owner
}

/** A workspace with its owner, connection and signing secret; prompts on, key verified. */
export async function aWorkspace(
  context: Context,
  {
    promptsOn = true,
    mode = 'test',
    ...rest
  }: Partial<{
    promptsOn: boolean
    mode: 'test' | 'live'
    name: string
    senderName: string | null
    timeZone: string
    replyTo: string
  }> = {},
): Promise<TestWorkspace> {
  const { db, cipher } = context
  const id = randomUUID()
  const webhookToken = newToken()
  const signingSecret = `whsec_${randomBytes(16).toString('hex')}`
  const owner = await Owner.query(db).insertAndFetch({ email: `owner-${id}@fernhill.example` })
  await Workspace.query(db).insert({
    id,
    owner_id: owner.id,
    name: rest.name ?? 'Fernhill',
    sender_name: rest.senderName === undefined ? 'Maya' : rest.senderName,
    time_zone: rest.timeZone ?? 'Europe/Berlin',
    reply_to: rest.replyTo ?? null,
    webhook_token_hash: hashToken(webhookToken),
    webhook_token_sealed: cipher.seal(webhookToken, { workspaceId: id, field: 'workspaces.webhook_token' }),
    prompts_on_at: promptsOn ? context.now() : null,
  })
  const connection = await StripeConnection.query(db).insertAndFetch({
    workspace_id: id,
    mode,
    api_key_sealed: cipher.seal(`rk_${mode}_${randomBytes(8).toString('hex')}`, {
      workspaceId: id,
      field: 'stripe_connections.api_key',
    }),
    api_key_last4: 'abcd',
    key_saved_at: context.now(),
    verified_at: context.now(),
  })
  await SigningSecret.query(db).insert({
    workspace_id: id,
    connection_id: connection.id,
    secret_sealed: cipher.seal(signingSecret, { workspaceId: id, field: 'signing_secrets.secret' }),
    last4: signingSecret.slice(-4),
  })
  return { id, connectionId: connection.id, webhookToken, signingSecret, owner }
}

/** An event in the inbox, not yet processed. */
export async function aStoredEvent(
  context: Context,
  workspace: TestWorkspace,
  type: string,
  object: Record<string, unknown>,
  { at = context.now() }: { at?: Date } = {},
) {
  const stripeEventId = `evt_${randomBytes(10).toString('hex')}`
  const payload = eventOf(type, object, { id: stripeEventId, created: Math.floor(at.getTime() / 1000) })
  const row = await StripeEvent.query(context.db).insertAndFetch({
    id: randomUUID(),
    workspace_id: workspace.id,
    connection_id: workspace.connectionId,
    stripe_event_id: stripeEventId,
    type,
    occurred_at: new Date(Math.floor(at.getTime() / 1000) * 1000),
    payload: JSON.stringify(payload),
    received_at: context.now(),
  })
  return { workspaceId: workspace.id, eventId: row.id }
}

export { failedInvoice, paidInvoice, type Renewal }

/** They begin by themselves, and what they report is of their own moment. One that a sweep has begun is ended. */
export async function skipDiagnostics(
  { db, now }: Context,
  { id, connectionId }: Pick<TestWorkspace, 'id' | 'connectionId'>,
) {
  const canceled = { ended_at: now(), outcome: 'canceled' }
  await db('workspaces').where({ id }).update({ diagnostic_every: 'never', diagnostic_due_at: null })
  await db('diagnostics').where({ workspace_id: id, ended_at: null }).update(canceled)
  const first = { workspace_id: id, connection_id: connectionId, asked_at: now(), reason: 'connected' }
  await db('diagnostics').insert({ ...first, ...canceled })
}
