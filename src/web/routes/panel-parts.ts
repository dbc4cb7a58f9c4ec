import type { Context as KoaContext } from 'koa'
import type { Ring } from '../../../jobs/define-job.js'
import type { Context } from '../../context.js'
import type { Said } from '../middleware/said.js'
import type { Tenant } from '../middleware/tenant.js'
import type { PanelProps } from '../pages/parts/shell.js'
import type { ScreenName, ScreenView } from '../pages/screens.js'

/** What the routes of the panel are made of. */
export interface PanelParts {
  readonly context: Context
  readonly ring: Ring
  readonly said: Said
  /** What every page of the panel shows around itself. */
  panelOf(tenant: Tenant): Promise<PanelProps>
  /** Answers with a screen: it follows what happens from then on. */
  show<Name extends ScreenName>(ctx: KoaContext, name: Name, title: string, view: ScreenView<Name>): Promise<void>
}
