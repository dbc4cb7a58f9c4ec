import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { writeToOwner } from './write-to-owner.js'

/** One worker has so long for the mail; then another may try. */
const LEASE_MS = 2 * 60_000
/** The provider knows a repeated mail by its key for 24 hours: a fate that is unknown after that stays so. */
const REPEATED_FOR_MS = 23 * 3_600_000

/** Whether an owner waits to be told that Stripe refuses the key. */
export async function hasRejectionsToTell(context: Context): Promise<boolean> {
  return (await due(context).first().select('id')) !== undefined
}

/**
 * Mails the owners of connections whose key Stripe refuses: once for each time that it began. What is to be told stands
 * in the row, so a crash loses nothing; a repeat goes out under the same key, so the provider sends one mail.
 */
export async function tellRejectedKeys(context: Context): Promise<void> {
  for (let found = await claim(context); found; found = await claim(context)) {
    const { connection, firstTry } = found
    const began = connection.rejected_at as Date
    const isTooLate = !firstTry && context.now().getTime() - began.getTime() > REPEATED_FOR_MS
    if (isTooLate)
      context.log.warn({ connectionId: connection.id }, 'whether an owner heard of a refused key is unknown')
    if (isTooLate || (await tell(context, connection))) {
      await StripeConnection.query(context.db)
        .where({ id: connection.id, rejected_at: began })
        .patch({ rejection_told_at: context.now() })
    }
  }
}

const due = ({ db, now }: Context) =>
  StripeConnection.query(db)
    .whereNotNull('rejected_at')
    .where({ rejection_told_at: null, replaced_at: null })
    .where((free) =>
      free.whereNull('rejection_tried_at').orWhere('rejection_tried_at', '<=', new Date(now().getTime() - LEASE_MS)),
    )

async function claim(context: Context): Promise<{ connection: StripeConnection; firstTry: boolean } | null> {
  return context.db.transaction(async (trx) => {
    const connection = await due({ ...context, db: trx })
      .orderBy('rejected_at')
      .first()
      .forUpdate()
      .skipLocked()
    if (!connection) return null
    const firstTry = connection.rejection_tried_at === null
    return { connection: await connection.$query(trx).patchAndFetch({ rejection_tried_at: context.now() }), firstTry }
  })
}

/** @returns whether that is done with: mailed, or nobody to mail it with */
async function tell(context: Context, connection: StripeConnection): Promise<boolean> {
  const { db, settings } = context
  const workspace = await Workspace.query(db).findById(connection.workspace_id).throwIfNotFound()
  const owner = await Owner.query(db).findById(workspace.owner_id).throwIfNotFound()
  const url = `${settings.appUrl}/onboarding/stripe`
  const key = `ending in ${connection.api_key_last4}`
  // Nothing in it may change between two tries: the provider refuses another text under the same key.
  const result = await writeToOwner(
    context,
    owner.email,
    {
      subject: 'Stripe no longer accepts your key',
      paragraphs: [
        `Stripe refuses the restricted key ${key}: it was revoked, or it has expired.`,
        'Until there is a new one, recovery links lead to the last page that we know, and nothing new is learned from Stripe. Your cases and figures stay where they are, and failed renewals that Stripe reports to us are still kept.',
        'Make a new restricted key in Stripe and paste it on the page below. Nothing else has to be set up again.',
      ],
      action: { label: 'Connect Stripe again', link: url },
      smallPrint: 'You get this because you own a SecondLoop workspace. It is sent once.',
    },
    `key-rejected-${connection.id}-${connection.rejected_at?.getTime()}`,
  )
  if (result === 'no_provider')
    context.say(`Stripe refuses the key ${key} of a workspace. Its owner can paste a new one at ${url}`)
  return result !== 'not_sent'
}
