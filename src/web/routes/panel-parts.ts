import type { Context as KoaContext } from 'koa'
import type { Ring } from '../../../jobs/define-job.js'
import type { Context } from '../../context.js'
import type { Said } from '../middleware/said.js'
import type { Tenant } from '../middleware/tenant.js'
import type { PanelProps } from '../pages/parts/shell.js'
import type { ScreenName, ScreenView } from '../pages/screens.js'

/** A screen that is being read. */
export interface ToShow<Name extends ScreenName> {
  readonly name: Name
  title(view: ScreenView<Name>): string
  /** `null`: there is no such thing, and the answer is 404. */
  readonly view: Promise<ScreenView<Name> | null>
}

/** What the routes of the panel are made of. */
export interface PanelParts {
  readonly context: Context
  readonly ring: Ring
  readonly said: Said
  /** What every page of the panel shows around itself. */
  panelOf(tenant: Tenant): Promise<PanelProps>
  /** Answers with a screen: it follows what happens from then on. */
  show<Name extends ScreenName>(ctx: KoaContext, shown: ToShow<Name>): Promise<void>
}
