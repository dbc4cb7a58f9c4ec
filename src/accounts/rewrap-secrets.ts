import type { Context } from '../context.js'
import { PermanentError } from '../errors.js'
import { placeIn, SEALED_COLUMNS, type SealedColumn } from '../secrets/sealed-columns.js'

/** What became of one column. */
export interface RewrappedColumn {
  /** `table.column` */
  readonly name: string
  readonly rewrapped: number
  /** Sealed with a key that is neither `SECRET_KEY` nor `SECRET_KEY_PREVIOUS`, or damaged: left as they are. */
  readonly unreadable: number
}

const BATCH = 200

interface Sealed {
  readonly id: string
  readonly workspace_id: string
  readonly sealed: string
}

/**
 * Seals everything anew that another key than the current one sealed. Each text is swapped only if it is still the one
 * that was read, so web and workers may go on beside it, and so may a second run. Whoever was stopped half-way runs it
 * again: it goes on with what is left.
 */
export async function rewrapSecrets(
  context: Context,
  onColumn: (column: RewrappedColumn) => void = () => undefined,
): Promise<RewrappedColumn[]> {
  const columns: RewrappedColumn[] = []
  for (const column of SEALED_COLUMNS) {
    const done = await rewrapColumn(context, column)
    onColumn(done)
    columns.push(done)
  }
  return columns
}

async function rewrapColumn(context: Context, column: SealedColumn): Promise<RewrappedColumn> {
  const unreadable = new Set<string>()
  let rewrapped = 0
  // A row that somebody wrote meanwhile, still with the old key, is found by another round.
  for (let isDone = false; !isDone; ) {
    isDone = true
    let after: string | null = null
    for (let rows = await left(context, column, after); rows.length > 0; rows = await left(context, column, after)) {
      for (const row of rows) {
        if (unreadable.has(row.id)) continue
        const plain = opened(context, column, row)
        if (plain === null) unreadable.add(row.id)
        else {
          isDone = false
          if (await swap(context, column, row, plain)) rewrapped += 1
        }
      }
      after = rows.at(-1)?.id ?? null
    }
  }
  return { name: `${column.table}.${column.column}`, rewrapped, unreadable: unreadable.size }
}

function left(
  { db, cipher }: Context,
  { table, column, workspaceColumn }: SealedColumn,
  after: string | null,
): Promise<Sealed[]> {
  return db(table)
    .where(column, 'not like', `${cipher.currentPrefix}%`)
    .modify((rows) => {
      if (after) void rows.where('id', '>', after)
    })
    .orderBy('id')
    .limit(BATCH)
    .select({ id: 'id', workspace_id: workspaceColumn, sealed: column })
}

function opened({ cipher }: Context, column: SealedColumn, { workspace_id, sealed }: Sealed): string | null {
  try {
    return cipher.open(sealed, placeIn(column, workspace_id))
  } catch (error) {
    if (error instanceof PermanentError) return null
    throw error
  }
}

async function swap({ db, cipher }: Context, column: SealedColumn, row: Sealed, plain: string): Promise<boolean> {
  const sealed = cipher.seal(plain, placeIn(column, row.workspace_id))
  const swapped = await db(column.table)
    .where({ id: row.id, [column.column]: row.sealed })
    .update({ [column.column]: sealed })
  return swapped > 0
}
