import type { ComponentProps, FC } from 'react'
import { Case } from './case.js'
import { Cases } from './cases.js'
import { Diagnostics } from './diagnostics.js'
import { Events } from './events.js'
import { Overview } from './overview.js'
import type { Find } from './parts/look-up.js'
import { type PanelPart, type PanelProps, Shell } from './parts/shell.js'

/** Pages of the panel that follow what happens: sent whole, then kept up to date by the panel's client. */
const SCREENS = { overview: Overview, cases: Cases, case: Case, diagnostics: Diagnostics, events: Events } as const

export type ScreenName = keyof typeof SCREENS
export type ScreenView<Name extends ScreenName> = ComponentProps<(typeof SCREENS)[Name]>['of']

/** A screen with what stands around it: plain data, the same on the server and in the browser. */
export interface Shown<Name extends ScreenName = ScreenName> {
  readonly name: Name
  readonly panel: PanelProps
  readonly view: ScreenView<Name>
}

const PARTS: Record<ScreenName, PanelPart> = {
  overview: 'overview',
  cases: 'cases',
  case: 'cases',
  diagnostics: 'diagnostics',
  events: 'events',
}

/** What only the browser knows. */
interface Live {
  readonly find?: Find
  readonly isStale?: boolean
}

export function Screen<Name extends ScreenName>({ name, panel, view, find, isStale }: Shown<Name> & Live) {
  const Content = SCREENS[name] as FC<{ of: ScreenView<Name> }>
  return (
    <Shell panel={panel} here={PARTS[name]} find={find} isStale={isStale}>
      <Content of={view} />
    </Shell>
  )
}
