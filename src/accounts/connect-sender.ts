import { randomUUID } from 'node:crypto'
import { emailAddress } from '../config.js'
import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Sender } from '../db/models/sender.js'
import { Workspace } from '../db/models/workspace.js'
import { createResendMailer, providerKeyOf } from '../mail/mailer.js'
import { createProviderAccount, type SendingStatus } from '../mail/provider-account.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { takeTry } from './limits.js'
import { places } from './places.js'
import { senderWebhookUrl } from './sender-webhook.js'
import { writeToOwner } from './write-to-owner.js'

export type ConnectedSender =
  /** Mails go out through it from now on. */
  | { readonly kind: 'connected'; readonly webhook: 'made' | 'to_be_made' }
  /** Nothing has changed: a sentence beside the field. */
  | { readonly kind: 'refused'; readonly field: 'apiKey' | 'fromAddress'; readonly reason: string }
  | { readonly kind: 'too_often'; readonly waitSeconds: number }
  /** The provider did not answer. Nothing has changed. */
  | { readonly kind: 'unreachable' }

/**
 * Takes an owner's own key of the mail provider and an address. Saved only once the provider has said that the address's
 * domain is verified; a key that may only send can't ask, so it proves itself with a mail to the owner. A delivery under
 * way goes on through the key that it was fixed for.
 */
export async function connectSender(
  context: Context,
  { workspaceId, apiKey, fromAddress }: { workspaceId: string; apiKey: string; fromAddress: string },
): Promise<ConnectedSender> {
  const parsed = emailAddress.safeParse(fromAddress)
  if (!parsed.success) return refused('fromAddress', 'This is not an address that mails can come from.')
  const key = apiKey.trim()
  if (!/^re_\w{8,200}$/.test(key)) return refused('apiKey', 'A key of Resend begins with re_. Make one in Resend.')
  const waitSeconds = await takeTry(context, 'connect-sender', workspaceId)
  if (waitSeconds !== null) return { kind: 'too_often', waitSeconds }

  const config = { apiKey: key, from: parsed.data, baseUrl: context.settings.mailBaseUrl }
  const proof = await prove(context, workspaceId, config)
  if ('kind' in proof) return proof

  // Mails go out from here on, whether or not the provider gets to tell of them: who is stopped here does it again.
  const { hasSecret } = await save(context, workspaceId, config, proof)
  const isMade = await hearOfMails(context, workspaceId, config)
  return { kind: 'connected', webhook: isMade || hasSecret ? 'made' : 'to_be_made' }
}

interface KeyAndAddress {
  readonly apiKey: string
  readonly from: string
  readonly baseUrl: string | null
}

type Proof = Pick<Sender, 'verified_by'>

/** Whether mails may go out from the address with this key. */
async function prove(context: Context, workspaceId: string, config: KeyAndAddress): Promise<Proof | ConnectedSender> {
  const domain = domainOf(config.from)
  const answer = await createProviderAccount(config).domainStatus(domain)
  switch (answer.kind) {
    case 'told':
      return answer.status === 'verified'
        ? { verified_by: 'domain' }
        : refused('fromAddress', unverified(domain, answer.status))
    case 'key_refused':
      return refused('apiKey', 'Resend does not know this key. Copy it again, or make a new one.')
    case 'failed':
      return { kind: 'unreachable' }
    case 'not_allowed':
      return proveByMail(context, workspaceId, config)
  }
}

async function proveByMail(
  context: Context,
  workspaceId: string,
  config: KeyAndAddress,
): Promise<Proof | ConnectedSender> {
  const workspace = await Workspace.query(context.db).findById(workspaceId).throwIfNotFound()
  const owner = await Owner.query(context.db).findById(workspace.owner_id).throwIfNotFound()
  let refuses: 'key' | 'domain' | undefined
  const mailer = createResendMailer(config)
  const listening: typeof mailer = {
    ...mailer,
    async send(mails, key) {
      const result = await mailer.send(mails, key)
      if (result.kind === 'not_accepted') refuses = result.refuses
      return result
    },
  }
  const sent = await writeToOwner(
    { ...context, mail: listening },
    owner.email,
    {
      subject: `Mails of ${workspace.name} now come from this address`,
      paragraphs: ['This mail shows that your own sender works: the provider took it from your address.'],
      smallPrint: 'You get this because somebody who is signed in as you has set up this sender in SecondLoop.',
    },
    `sender-${randomUUID()}`,
  )
  if (sent === 'sent') return { verified_by: 'test_mail' }
  if (refuses === 'key') return refused('apiKey', 'Resend does not know this key. Copy it again, or make a new one.')
  if (refuses === 'domain') return refused('fromAddress', unverified(domainOf(config.from), 'refused'))
  return { kind: 'unreachable' }
}

/**
 * A workspace keeps the URL of its webhook with every sender. The signing secret is good for as long as the key is: another
 * may be of another account.
 *
 * @returns whether the secret is known already
 */
async function save(
  { db, cipher, now }: Context,
  workspaceId: string,
  { apiKey, from }: KeyAndAddress,
  { verified_by }: Proof,
): Promise<{ readonly hasSecret: boolean }> {
  const time = now()
  const provider_key = providerKeyOf(apiKey)
  return db.transaction(async (trx) => {
    await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    const before = await Sender.query(trx).findOne({ workspace_id: workspaceId })
    const webhook_secret_sealed = before?.provider_key === provider_key ? before.webhook_secret_sealed : null
    const columns = {
      from_address: from,
      api_key_sealed: cipher.seal(apiKey, places.senderKey(workspaceId)),
      api_key_last4: apiKey.slice(-4),
      provider_key,
      key_saved_at: time,
      verified_by,
      checked_at: time,
      withdrawn_at: null,
      withdrawn_because: null,
      withdrawal_tried_at: null,
      withdrawal_told_at: null,
      webhook_secret_sealed,
    }
    if (before) await before.$query(trx).patch(columns)
    else {
      const token = newToken()
      await Sender.query(trx).insert({
        workspace_id: workspaceId,
        ...columns,
        webhook_token_hash: hashToken(token),
        webhook_token_sealed: cipher.seal(token, places.senderWebhookToken(workspaceId)),
        created_at: time,
      })
    }
    return { hasSecret: webhook_secret_sealed !== null }
  })
}

/** Asks the provider for the webhook of the sender that was saved. Nobody but that sender gets its secret. */
async function hearOfMails(context: Context, workspaceId: string, config: KeyAndAddress): Promise<boolean> {
  const url = await senderWebhookUrl(context, workspaceId)
  const secret = url && (await createProviderAccount(config).webhookSecret(url))
  if (!secret) return false
  const sealed = context.cipher.seal(secret, places.senderWebhookSecret(workspaceId))
  const sender = { workspace_id: workspaceId, provider_key: providerKeyOf(config.apiKey) }
  return (await Sender.query(context.db).where(sender).patch({ webhook_secret_sealed: sealed })) > 0
}

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

const refused = (field: 'apiKey' | 'fromAddress', reason: string) => ({ kind: 'refused', field, reason }) as const

/** `refused`: a mail from it was, and the key may not ask why. */
const STATUS: Readonly<Partial<Record<SendingStatus | 'refused', string>>> = {
  not_started: 'its check at Resend was not started',
  pending: 'its records are still being checked by Resend',
  failed: 'Resend did not find its records',
  partially_verified: 'Resend found only some of its records',
  partially_failed: 'Resend did not find some of its records',
  refused: 'Resend refuses them, because it is not verified or the key is for another domain',
  not_for_sending: 'sending is switched off for it at Resend',
}

function unverified(domain: string, status: SendingStatus | 'refused' | null): string {
  const why = status === null ? 'Resend does not know it in this account' : (STATUS[status] ?? 'Resend does not say so')
  return `Mails can’t come from ${domain} yet: ${why}. Verify the domain in Resend, then try again.`
}
