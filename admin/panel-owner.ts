import type { Scope } from './scoped-table.js'

/** What a screen shows, by its name, for a tenant; `null`: there is no such thing. Plain data. */
export type Screens<Tenant> = Readonly<
  Record<string, (tenant: Tenant, query: Readonly<Record<string, unknown>>) => Promise<object | null>>
>

/** AdminJS's *current admin*. */
export interface PanelOwner<Tenant> extends Scope {
  readonly id: string
  readonly email: string
  readonly tenant: Tenant
}
