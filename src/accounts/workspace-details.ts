import { z } from 'zod'
import { isTimeZone } from '../domain/time-zones.js'

/** Spaces at the ends and in a row say nothing; control characters would break a mail's header. */
const tidy = (typed: string) =>
  typed
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()

const shortText = (longest: number, fault: string) => z.string().transform(tidy).pipe(z.string().max(longest, fault))

export const workspaceName = shortText(80, 'Keep it to 80 characters.').refine(
  (name) => name !== '',
  'Give it a name: customers see it on every mail.',
)

/** First name that mails are signed with; empty becomes null: the workspace's name alone. */
export const senderName = shortText(40, 'Keep it to 40 characters.').transform((name) => name || null)

/** IANA name, such as `Europe/Berlin`. */
export const timeZone = z.string().refine(isTimeZone, 'Choose a time zone from the list.')

export const workspaceDetails = z.object({ name: workspaceName, senderName, timeZone })
export type WorkspaceDetails = z.output<typeof workspaceDetails>
