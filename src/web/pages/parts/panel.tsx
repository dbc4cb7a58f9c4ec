import type { ReactNode } from 'react'
import { Brand } from './brand.js'
import { Document } from './document.js'
import { Glyph } from './glyph.js'
import { SignOut } from './sign-out.js'

/** What stands around every page of the panel. */
export interface PanelProps {
  readonly workspaceName: string
  readonly ownerEmail: string
  /** Of the current Stripe connection: test money must never look like money. */
  readonly mode: 'test' | 'live'
  readonly openCases: number
}

interface PanelPageProps {
  readonly panel: PanelProps
  /** Which of the panel's parts it belongs to. */
  readonly here: 'overview' | 'cases' | 'events' | 'settings'
  readonly title: string
  /** What it loads beside the panel's own. */
  readonly moreStyles?: 'overview' | 'settings'
  readonly refreshSeconds?: number | undefined
  readonly children: ReactNode
}

export function Panel({ panel, here, title, moreStyles, refreshSeconds, children }: PanelPageProps) {
  const { workspaceName, ownerEmail, mode, openCases } = panel
  return (
    <Document
      title={`${title} · SecondLoop`}
      styles="panel"
      moreStyles={moreStyles}
      mark
      refreshSeconds={refreshSeconds}
    >
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="sidebar">
        <Brand href="/app" />
        <nav aria-label="Panel">
          <ul className="nav">
            <li>
              <a href="/app" {...current(here === 'overview')}>
                <Glyph name="overview" />
                Overview
              </a>
            </li>
            <li>
              <a href="/app/cases" {...current(here === 'cases')}>
                <Glyph name="cases" />
                Cases
                <span className="count">
                  {openCases.toLocaleString('en-US')}
                  <span className="sr"> open</span>
                </span>
              </a>
            </li>
            <li>
              <a href="/app/events" {...current(here === 'events')}>
                <Glyph name="events" />
                Events
              </a>
            </li>
            <li>
              <a href="/app/settings" {...current(here === 'settings')}>
                <Glyph name="settings" />
                Settings
              </a>
            </li>
          </ul>
        </nav>
        <div className="whose">
          <span className="workspace-name">{workspaceName}</span>
          <a className="mailbox" href="/app/sessions">
            {ownerEmail}
            <span className="sr">, where you are signed in</span>
          </a>
          {mode === 'test' ? <span className="mode">Test mode</span> : null}
          <SignOut />
        </div>
      </header>
      <main className="main" id="main" tabIndex={-1}>
        {children}
      </main>
    </Document>
  )
}

const current = (isHere: boolean) => (isHere ? ({ 'aria-current': 'true' } as const) : {})
