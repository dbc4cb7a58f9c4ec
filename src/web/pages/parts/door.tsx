import type { ReactNode } from 'react'
import { Brand } from './brand.js'
import { Document } from './document.js'

interface DoorProps {
  readonly title: string
  /** BCP 47; English when not said. */
  readonly language?: string
  /** Ours before the panel; a customer's page carries the workspace's name, or nothing when no workspace is known. */
  readonly from: 'product' | { readonly workspaceName: string } | null
  /** A glyph above the title. */
  readonly stamp?: ReactNode
  readonly children: ReactNode
}

/** A page with one thing on it. */
export function Door({ title, language, from, stamp, children }: DoorProps) {
  const name = from === 'product' ? 'SecondLoop' : from?.workspaceName
  return (
    <Document title={name ? `${title} · ${name}` : title} language={language} styles="door" mark={from === 'product'}>
      <main className="page">
        {from === 'product' ? <Brand href="/" /> : null}
        {from !== 'product' && from ? <p className="from">{from.workspaceName}</p> : null}
        {stamp ? <span className="stamp">{stamp}</span> : null}
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  )
}
