import type { ReactNode } from 'react'
import { Brand } from './brand.js'
import { Glyph } from './glyph.js'
import { type Find, LookUp } from './look-up.js'
import { SignOut } from './sign-out.js'

/** What stands around every page of the panel. */
export interface PanelProps {
  readonly workspaceName: string
  readonly ownerEmail: string
  /** Of the current Stripe connection: test money must never look like money. */
  readonly mode: 'test' | 'live'
  readonly openCases: number
  /** Runs the installation: the jobs of all workspaces are theirs to see. */
  readonly isOperator: boolean
}

/** The parts of the panel, in the order of the navigation. */
export type PanelPart = 'overview' | 'cases' | 'diagnostics' | 'events' | 'settings'

interface ShellProps {
  readonly panel: PanelProps
  /** Which of the panel's parts it belongs to. */
  readonly here: PanelPart
  /** Answers while one types; without it the search opens the list. */
  readonly find?: Find | undefined
  /** What it shows could not be read again. */
  readonly isStale?: boolean | undefined
  readonly children: ReactNode
}

/** Everything within the body of a page of the panel. */
export function Shell({
  panel: { workspaceName, ownerEmail, mode, openCases, isOperator },
  here,
  find,
  isStale,
  children,
}: ShellProps) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="sidebar">
        <Brand href="/app" />
        <LookUp find={find} />
        <nav aria-label="Panel">
          <ul className="nav">
            <Part name="overview" label="Overview" href="/app" here={here} />
            <Part name="cases" label="Cases" href="/app/cases" here={here}>
              <span className="count">
                {openCases.toLocaleString('en-US')}
                <span className="sr"> open</span>
              </span>
            </Part>
            <Part name="diagnostics" label="Diagnostics" href="/app/diagnostics" here={here} />
            <Part name="events" label="Events" href="/app/events" here={here} />
            <Part name="settings" label="Settings" href="/app/settings" here={here} />
            {isOperator ? (
              <li className="operator">
                <a href="/jobs/installation">
                  <Glyph name="jobs" />
                  Jobs
                </a>
              </li>
            ) : null}
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
        {isStale ? <Stale /> : null}
        {children}
      </main>
    </>
  )
}

interface PartProps {
  readonly name: PanelPart
  readonly label: string
  readonly href: string
  readonly here: PanelPart
  readonly children?: ReactNode
}

function Part({ name, label, href, here, children }: PartProps) {
  return (
    <li>
      <a href={href} {...(name === here ? { 'aria-current': 'true' as const } : {})}>
        <Glyph name={name} />
        {label}
        {children}
      </a>
    </li>
  )
}

function Stale() {
  return (
    <div className="notice attention" role="status">
      <Glyph name="attention" />
      <p>Not up to date: we can’t be reached. We ask again every few seconds.</p>
    </div>
  )
}
