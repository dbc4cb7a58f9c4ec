import type { ReactNode } from 'react'
import { assetFiles } from '../../asset-files.js'
import { Brand } from './brand.js'
import { Document } from './document.js'
import { Glyph } from './glyph.js'
import { SignOut } from './sign-out.js'

/** The way in, in its order; each step is locked until the one before is done. */
const STEPS = ['Workspace', 'Connect Stripe', '90-day diagnostic', 'Turn on prompts', 'Watch'] as const

interface SetupProps {
  readonly title: string
  readonly step: (typeof STEPS)[number]
  readonly ownerEmail: string
  /** Reads the page again by itself after this long: only while it waits for something. */
  readonly refreshSeconds?: number | undefined
  /** A script of our own, such as `time-zone.js`: the page works without it. */
  readonly script?: string
  readonly children: ReactNode
}

/** A page of the set-up: who is signed in, where one stands, one thing to do. */
export function Setup({ title, step, ownerEmail, refreshSeconds, script, children }: SetupProps) {
  const now = STEPS.indexOf(step)
  return (
    <Document
      title={`${title} · SecondLoop`}
      styles="setup"
      mark
      refreshSeconds={refreshSeconds}
      scripts={script ? [assetFiles.href(script)] : []}
    >
      <div className="wrap">
        <header className="masthead">
          <Brand href="/" />
          <div className="end">
            <a className="muted" href="/app/sessions">
              {ownerEmail}
            </a>
            <SignOut />
          </div>
        </header>
        <nav aria-label="Set-up">
          <ol className="path">
            {STEPS.map((name, index) => (
              <li key={name} {...(index === now && { 'aria-current': 'step' as const })}>
                <Glyph
                  {...(index < now
                    ? { name: 'recovered', tone: 'recovered' }
                    : { name: index === now ? 'open-2' : 'lock' })}
                />
                {name}
                {index < now ? <span className="sr">, done</span> : null}
                {index > now ? <span className="sr">, locked</span> : null}
              </li>
            ))}
          </ol>
        </nav>
        <main id="main" tabIndex={-1}>
          <h1>{title}</h1>
          {children}
        </main>
      </div>
    </Document>
  )
}
