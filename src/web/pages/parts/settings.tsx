import type { ReactNode } from 'react'
import type { SaidView } from '../../presenters/said.js'
import { Notice } from './notice.js'
import { Panel } from './panel.js'
import type { PanelProps } from './shell.js'

/** The parts of the settings, in the order of their tabs; each has its page at `/app/settings/<part>`. */
const PARTS = {
  workspace: 'Workspace',
  stripe: 'Stripe',
  prompts: 'Prompts',
  campaign: 'Campaign',
  mails: 'Mails',
  sender: 'Sender',
  suppressed: 'Suppressed addresses',
} as const

export type SettingsPart = keyof typeof PARTS

interface SettingsProps {
  readonly panel: PanelProps
  readonly here: SettingsPart
  /** Where it is not the part's name. */
  readonly title?: string
  /** What the last press of a button came to. */
  readonly said?: SaidView | null
  readonly children: ReactNode
}

/** A page of the settings: what it is, its neighbours, its forms. */
export function Settings({ panel, here, title, said = null, children }: SettingsProps) {
  return (
    <Panel panel={panel} here="settings" title={title ?? PARTS[here]} moreStyles={['settings']}>
      <div className="top">
        <h1>Settings</h1>
      </div>
      <nav className="tabs" aria-label="Settings">
        {Object.entries(PARTS).map(([part, name]) => (
          <a key={part} href={`/app/settings/${part}`} {...(part === here && { 'aria-current': 'page' as const })}>
            {name}
          </a>
        ))}
      </nav>
      <Notice of={said} />
      {children}
    </Panel>
  )
}
