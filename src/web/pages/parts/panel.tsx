import type { ReactNode } from 'react'
import { Document, type MoreStyles } from './document.js'
import { type PanelPart, type PanelProps, Shell } from './shell.js'

interface PanelPageProps {
  readonly panel: PanelProps
  readonly here: PanelPart
  readonly title: string
  /** What it loads beside the panel's own. */
  readonly moreStyles?: readonly MoreStyles[]
  readonly children: ReactNode
}

/** A page of the panel that stands as it was sent. Those that follow what happens are screens: `screen-page.tsx`. */
export function Panel({ panel, here, title, moreStyles, children }: PanelPageProps) {
  return (
    <Document title={`${title} · SecondLoop`} styles="panel" moreStyles={moreStyles} mark>
      <div id="app" className="shell">
        <Shell panel={panel} here={here}>
          {children}
        </Shell>
      </div>
    </Document>
  )
}
