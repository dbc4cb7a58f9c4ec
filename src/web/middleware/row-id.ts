const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether a piece of a request can be a row's id: Postgres refuses anything else. */
export const isRowId = (text: unknown): text is string => typeof text === 'string' && UUID.test(text)
