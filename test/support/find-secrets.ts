import type { Db } from '../../src/db/knex.js'

/** Every row of every table, the queues' too, as one text a table: what a stolen dump would tell. */
export async function dumpOf(db: Db): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { schema: string; name: string }[] }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  const dump = new Map<string, string>()
  for (const { name, schema } of rows) {
    const all = await db.raw<{ rows: { text: string }[] }>('select row_to_json(t)::text as text from ??.?? t', [
      schema,
      name,
    ])
    dump.set(`${schema}.${name}`, all.rows.map(({ text }) => text).join('\n'))
  }
  return dump
}

/**
 * Where a secret stands in the clear, as it is or in base64.
 *
 * @param secrets by what they are; each at least eight characters, so that none is found by chance
 * @returns such as `public.workspaces: webhook token`; never the secret itself
 */
export function findSecrets(texts: ReadonlyMap<string, string>, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([what, secret]) => {
    if (secret.length < 8) throw new Error(`The ${what} is too short to be looked for`)
    const shapes = [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ]
    return [...texts]
      .filter(([, text]) => shapes.some((shape) => text.includes(shape)))
      .map(([where]) => `${where}: ${what}`)
  })
}
