import {
  type ActionContext,
  BaseDatabase,
  BaseProperty,
  BaseRecord,
  BaseResource,
  type Filter,
  ForbiddenError,
  type ParamsType,
} from 'adminjs'
import type { QueryBuilder } from 'objection'
import type { Db } from '../src/db/knex.js'
import type { Row } from '../src/db/models/row.js'
import type { Column, Scope, ScopedTable } from './scoped-table.js'

/** A filter that is no column: what somebody typed into the search. */
const SEARCH = 'search'
const MOST_ROWS = 100
const LONGEST_SEARCH = 200
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A table, and where it is. */
export interface TableIn {
  readonly table: ScopedTable
  readonly db: Db
}

/** AdminJS asks for one; ours names no table of its own accord. */
export class ScopedDatabase extends BaseDatabase {
  static override isAdapterFor(): boolean {
    return false
  }
}

/**
 * AdminJS's way to our tables. Every query starts from the signed-in owner's workspace, and only columns that a table
 * names pass: to be selected, to filter by, to sort by. What is not named matches nothing. Nothing is ever written here.
 */
export class ScopedResource extends BaseResource {
  readonly #table: ScopedTable
  readonly #db: Db
  readonly #properties: ReadonlyMap<string, ScopedProperty>

  constructor({ table, db }: TableIn) {
    super(table)
    this.#table = table
    this.#db = db
    const columns = Object.entries(table.columns)
    this.#properties = new Map(
      columns.map(([name, column], position) => [name, new ScopedProperty(name, column, position)]),
    )
  }

  static override isAdapterFor(raw: unknown): boolean {
    return typeof raw === 'object' && raw !== null && 'table' in raw && 'db' in raw
  }

  override databaseName(): string {
    return 'secondloop'
  }

  override databaseType(): string {
    return 'postgres'
  }

  override id(): string {
    return this.#table.id
  }

  override properties(): BaseProperty[] {
    return [...this.#properties.values()]
  }

  override property(path: string): BaseProperty | null {
    return this.#properties.get(path) ?? null
  }

  override async count(filter: Filter, context?: ActionContext): Promise<number> {
    return this.#narrowed(filter, context).resultSize()
  }

  override async find(
    filter: Filter,
    { limit, offset, sort }: { limit?: number; offset?: number; sort?: { sortBy?: string; direction?: string } },
    context?: ActionContext,
  ): Promise<BaseRecord[]> {
    const rows = this.#narrowed(filter, context)
    const sortBy = sort?.sortBy ?? ''
    if (this.#properties.get(sortBy)?.column.isSorted) rows.orderBy(sortBy, sort?.direction === 'desc' ? 'desc' : 'asc')
    const found = await rows
      .orderBy('id')
      .limit(within(limit, 1, MOST_ROWS))
      .offset(within(offset, 0, 1_000_000))
    return found.map((row) => this.#recordOf(row))
  }

  override async findOne(id: string, context?: ActionContext): Promise<BaseRecord | null> {
    const rows = this.#rows(context)
    const row = isId(id) ? await rows.findOne('id', id) : undefined
    return row ? this.#recordOf(row) : null
  }

  override async findMany(ids: (string | number)[], context?: ActionContext): Promise<BaseRecord[]> {
    const rows = this.#rows(context)
    const found = await rows.whereIn('id', ids.filter(isId).slice(0, MOST_ROWS))
    return found.map((row) => this.#recordOf(row))
  }

  override async create(): Promise<ParamsType> {
    throw readOnly()
  }

  override async update(): Promise<ParamsType> {
    throw readOnly()
  }

  override async delete(): Promise<void> {
    throw readOnly()
  }

  /** Where every query starts. */
  #rows(context: ActionContext | undefined): QueryBuilder<Row, Row[]> {
    const { workspaceId, connectionId } = scopeOf(context)
    const rows = this.#table.model.query(this.#db).where('workspace_id', workspaceId)
    if (this.#table.isOfConnection) rows.where('connection_id', connectionId)
    return rows.select(...this.#properties.keys())
  }

  #narrowed(filter: Filter, context: ActionContext | undefined): QueryBuilder<Row, Row[]> {
    const rows = this.#rows(context)
    for (const { path, value } of Object.values(filter.filters ?? {})) {
      if (!this.#narrow(rows, path, value)) rows.whereRaw('false')
    }
    return rows
  }

  /** @returns `false` for what can't be asked: then no row matches */
  #narrow(rows: QueryBuilder<Row, Row[]>, path: string, value: unknown): boolean {
    if (typeof value !== 'string' || value.length > LONGEST_SEARCH || value.includes('\u0000')) return false
    if (path === SEARCH) {
      this.#table.search(rows, value)
      return true
    }
    const column = this.#properties.get(path)?.column
    if (!column?.isFiltered || !isOf(column, value)) return false
    rows.where(path, value)
    return true
  }

  #recordOf(row: Row): BaseRecord {
    return new BaseRecord(JSON.parse(JSON.stringify(row)), this)
  }
}

class ScopedProperty extends BaseProperty {
  readonly column: Column

  constructor(name: string, column: Column, position: number) {
    super({ path: name, type: column.type, isId: name === 'id', isSortable: column.isSorted, position })
    this.column = column
  }

  override isTitle(): boolean {
    return this.column.isTitle === true
  }

  override isEditable(): boolean {
    return false
  }
}

/** @throws ForbiddenError when nobody is signed in: no workspace, no query */
export function scopeOf(context: ActionContext | undefined): Scope {
  const { workspaceId, connectionId } = (context?.currentAdmin ?? {}) as Partial<Scope>
  if (!isId(workspaceId) || !isId(connectionId)) throw new ForbiddenError('Sign in first.')
  return { workspaceId, connectionId }
}

const readOnly = () => new ForbiddenError('Rows are not written here.')
const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)

function isOf({ type }: Column, value: string): boolean {
  if (type === 'uuid') return UUID.test(value)
  if (type === 'number') return /^-?\d{1,15}$/.test(value)
  return type === 'string'
}

function within(value: unknown, least: number, most: number): number {
  const whole = Math.trunc(Number(value))
  return Number.isFinite(whole) ? Math.min(most, Math.max(least, whole)) : least
}
