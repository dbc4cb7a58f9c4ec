/** What the list of events can be narrowed to. */
export const INBOX_FILTERS = ['failed', 'ignored', 'processed', 'waiting'] as const
export type InboxFilter = (typeof INBOX_FILTERS)[number]
