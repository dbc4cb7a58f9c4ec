import type { ShownSender } from '../../accounts/read-sender.js'
import type { Owner } from '../../db/models/owner.js'
import type { WithdrawnBecause } from '../../db/models/sender.js'
import type { Workspace } from '../../db/models/workspace.js'
import { age } from './ages.js'
import { unquoted } from './letter.js'
import type { View } from './view.js'

/** Where mails come from, and where answers to them go. */
export interface SenderView {
  /** As customers read it: `Maya, Fernhill <mail@fernhill.example>`. `null`: nothing sends. */
  readonly from: string | null
  /** The installation's address; `null`: it has no mail provider. */
  readonly installation: string | null
  /** `null`: the workspace has none of its own. */
  readonly own: OwnSenderView | null
  readonly replies: RepliesView
  readonly senderName: string
}

export interface OwnSenderView {
  readonly address: string
  /** "Ends in 4f2a, saved Tue 24 Nov, 09:10" */
  readonly key: string
  /** How it was shown that mails may come from the address, and when it was last looked at. */
  readonly proof: string
  /** What is wrong and what to do; `null`: mails go out through it. */
  readonly withdrawn: { readonly what: string; readonly todo: string } | null
  /** Holds a token: for the owner only. */
  readonly webhookUrl: string
  readonly isHeardOf: boolean
}

export interface RepliesView {
  readonly address: string
  readonly isOwners: boolean
  /** It was asked, and has not said yes. */
  readonly pending: string | null
  /** A mail to it came back; `null`: it takes mail. */
  readonly bounced: { readonly address: string; readonly words: string } | null
}

interface Sending {
  readonly workspace: Workspace
  readonly owner: Owner
  readonly from: string | null
  readonly installation: string | null
  readonly own: ShownSender | null
  readonly pendingReplyTo: string | null
}

export function presentSender(
  { workspace, owner, from, installation, own, pendingReplyTo }: Sending,
  view: View,
): SenderView {
  return {
    from: from && unquoted(from),
    installation: installation && (/<([^<>]+)>\s*$/.exec(installation)?.[1] ?? installation),
    own: own && presentOwn(own, view),
    replies: presentReplies(workspace, owner, pendingReplyTo, view),
    senderName: workspace.sender_name ?? '',
  }
}

function presentOwn(own: ShownSender, { now, times }: View): OwnSenderView {
  const { withdrawn } = own
  return {
    address: own.fromAddress,
    key: `Ends in ${own.keyLast4}, saved ${times.moment(own.keySavedAt)}`,
    proof: `${withdrawn ? '' : `${PROOFS[own.verifiedBy]} `}Last looked at ${ago(own.checkedAt, now)}.`,
    withdrawn: withdrawn && {
      what: `Since ${times.moment(withdrawn.since)}, Resend refuses mails from ${own.fromAddress}: ${WITHDRAWN[withdrawn.because].why}.`,
      todo: `Mails that are due wait; none is sent from another address. ${WITHDRAWN[withdrawn.because].todo}`,
    },
    webhookUrl: own.webhookUrl,
    isHeardOf: own.hasWebhookSecret,
  }
}

/** Nobody counts the seconds here. */
const ago = (at: Date, now: Date) => (now.getTime() - at.getTime() < 60_000 ? 'just now' : `${age(at, now)} ago`)

const PROOFS: Readonly<Record<ShownSender['verifiedBy'], string>> = {
  domain: 'Resend said that its domain is verified.',
  test_mail: 'Resend took a mail from it. The key may only send, so it cannot ask about the domain.',
}

const WITHDRAWN: Readonly<Record<WithdrawnBecause, { why: string; todo: string }>> = {
  domain: {
    why: 'its domain is no longer verified there',
    todo: 'Look at the domain in Resend and put its records right, then check again. We look by ourselves every ten minutes.',
  },
  key: {
    why: 'it does not know the key any more',
    todo: 'Make a new key in Resend and enter it below.',
  },
}

function presentReplies(
  { reply_to, reply_to_bounced_at: bouncedAt }: Workspace,
  owner: Owner,
  pending: string | null,
  { times }: View,
): RepliesView {
  const works = reply_to !== null && bouncedAt === null
  return {
    address: works ? reply_to : owner.email,
    isOwners: !works,
    pending,
    bounced:
      reply_to !== null && bouncedAt
        ? {
            address: reply_to,
            words: `A mail to ${reply_to} came back ${times.moment(bouncedAt)}. Answers come to you since then. Once that mailbox takes mail again, ask it anew; or choose another.`,
          }
        : null,
  }
}
