/** What stands behind the question mark of an address: nobody has looked at it yet. */
export type Query = Readonly<Record<string, unknown>>
