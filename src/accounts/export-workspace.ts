import { PassThrough, Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import yazl from 'yazl'
import type { Context } from '../context.js'
import { Owner } from '../db/models/owner.js'
import { Workspace } from '../db/models/workspace.js'
import { type ExportedRow, SHEETS, type Sheet } from './export-sheets.js'

/**
 * Everything that belongs to a workspace, as a zip of CSV and JSON files. Rows are read in small batches as the reader
 * takes them: memory stays the same however many there are, and no transaction waits for a slow reader. So each file
 * is of the moment it was read.
 *
 * @returns a stream that is destroyed with the error when a row can't be read
 */
export async function exportWorkspace(context: Context, workspaceId: string): Promise<Readable> {
  const workspace = await Workspace.query(context.db).findById(workspaceId).throwIfNotFound()
  const owner = await Owner.query(context.db).findById(workspace.owner_id).throwIfNotFound()
  const zip = new yazl.ZipFile()
  const options = { mtime: context.now() }
  const output = zip.outputStream.pipe(new PassThrough())
  const add = (name: string, parts: AsyncIterable<string>) => {
    const text = Readable.from(parts, { objectMode: false }).on('error', (error) => output.destroy(error))
    zip.addReadStream(text, name, options)
  }

  zip.addBuffer(Buffer.from(readMe(workspace, context.now())), 'README.txt', options)
  zip.addBuffer(Buffer.from(`${JSON.stringify(aboutOf(workspace, owner), null, 2)}\n`), 'workspace.json', options)
  for (const sheet of SHEETS) {
    add(`${sheet.name}.csv`, csv(context, workspaceId, sheet))
    add(`${sheet.name}.json`, json(context, workspaceId, sheet))
  }
  zip.end()
  return output
}

function aboutOf(workspace: Workspace, owner: Owner) {
  const { id, name, time_zone, reply_to, reply_to_bounced_at, sender_name, prompts_on_at, digest, created_at } =
    workspace
  const { sending_from, sending_until, sends_on_weekends, gap_hours, thank_you } = workspace
  const mails = { reply_to, reply_to_bounced_at, sender_name, prompts_on_at, digest }
  const { diagnostic_every, diagnostic_weekday, diagnostic_hour, leak_threshold } = workspace
  const diagnostic = { diagnostic_every, diagnostic_weekday, diagnostic_hour, leak_threshold }
  const campaign = { sending_from, sending_until, sends_on_weekends, gap_hours, thank_you }
  return { id, name, owner: owner.email, time_zone, ...mails, ...campaign, ...diagnostic, created_at }
}

/** A cell that begins like a formula gets a quote before it: spreadsheets would run it. Source: OWASP, CSV injection. */
async function* csv(context: Context, workspaceId: string, sheet: Sheet): AsyncGenerator<string> {
  yield stringify([sheet.columns], { bom: true })
  for await (const rows of batches(context, workspaceId, sheet)) {
    yield stringify(rows, {
      columns: sheet.columns.map((key) => ({ key })),
      escape_formulas: true,
      cast: {
        boolean: (value) => String(value),
        date: (date) => date.toISOString(),
        object: (value) => JSON.stringify(value),
      },
    })
  }
}

async function* json(context: Context, workspaceId: string, sheet: Sheet): AsyncGenerator<string> {
  let before = '[\n'
  for await (const rows of batches(context, workspaceId, sheet)) {
    for (const row of rows) {
      yield before + JSON.stringify(withPayload(row))
      before = ',\n'
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

/** An event's payload is JSON itself. */
function withPayload(row: ExportedRow): ExportedRow {
  if (typeof row.payload !== 'string') return row
  try {
    return { ...row, payload: JSON.parse(row.payload) }
  } catch {
    return row
  }
}

async function* batches(context: Context, workspaceId: string, sheet: Sheet): AsyncGenerator<ExportedRow[]> {
  const { batch, columns, reads = [], show, table } = sheet
  const [key = 'id'] = columns
  const stored = show ? columns.filter((column) => column !== 'text') : columns
  for (let after: unknown = null; ; ) {
    const rows: ExportedRow[] = await context
      .db(table)
      .where({ workspace_id: workspaceId })
      .modify((left) => {
        if (after !== null) void left.where(key, '>', after as string)
      })
      .orderBy(key)
      .limit(batch)
      .select([...stored, ...reads])
    if (rows.length > 0) yield show ? rows.map((row) => show(context, row)) : rows
    if (rows.length < batch) return
    after = rows.at(-1)?.[key]
  }
}

const readMe = ({ name }: Workspace, now: Date) => `${name}: everything that SecondLoop keeps of this workspace
Exported at ${now.toISOString()}

workspace.json       the workspace and its owner
${SHEETS.map((sheet) => sheet.name.padEnd(20)).join(' .csv and .json\n')} .csv and .json

Both files of a name hold the same rows. A case has a timeline and touches (case_id), a touch a mail (mail_id), and all
belong to a connection to Stripe (connection_id).

Times are ISO 8601 in UTC. Money is in minor units of the currency beside it: 4900 with usd is $49.00, 4900 with jpy is
4,900 yen. Cells of the CSV files that a spreadsheet would take for a formula begin with a single quote. The CSV files
are UTF-8.

Left out: the keys of Stripe and of a sender of your own, signing secrets, and tokens. Recovery links in mails end in
[left out]. Payloads of events are as Stripe sent them. Of customers that were forgotten nothing personal is here, because nothing is kept.
`
