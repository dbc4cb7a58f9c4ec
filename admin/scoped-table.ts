import type { PropertyType } from 'adminjs'
import type { QueryBuilder } from 'objection'
import type { Row } from '../src/db/models/row.js'

/** Whose rows the panel shows: nothing is read without it. */
export interface Scope {
  readonly workspaceId: string
  readonly connectionId: string
}

/** What may be done with a column. What is not named is not. */
export interface Column {
  readonly type: PropertyType
  /** Its value is read and sent. */
  readonly isShown: boolean
  /** Rows may be narrowed by it. */
  readonly isFiltered: boolean
  readonly isSorted: boolean
  /** The one that names a row to its reader. */
  readonly isTitle?: boolean
}

/** A table as the panel may see it. There is no way to write one: what the owner changes goes through use cases. */
export interface ScopedTable {
  readonly id: string
  readonly model: typeof Row
  /** Rows belong to a connection, not to the workspace alone. */
  readonly isOfConnection: boolean
  readonly columns: Readonly<Record<string, Column>>
  /** Narrows rows to those that what somebody typed may mean: a filter of its own, called `search`. */
  search(rows: QueryBuilder<Row, Row[]>, typed: string): void
}

const SHOWN = { isShown: true, isFiltered: false, isSorted: false } as const

export const shown = (type: PropertyType): Column => ({ ...SHOWN, type })
export const title = (type: PropertyType): Column => ({ ...SHOWN, type, isTitle: true })
export const filtered = (type: PropertyType): Column => ({ ...SHOWN, type, isFiltered: true })
export const sorted = (type: PropertyType): Column => ({ ...SHOWN, type, isFiltered: true, isSorted: true })
