import type { ReactElement, ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'

interface DocumentProps {
  readonly title: string
  /** What the page loads beside tokens and basics. */
  readonly styles: 'panel' | 'door'
  /** Our mark in the browser's tab: on the owner's pages only. */
  readonly mark: boolean
  /** Reads the page again by itself after this long. Only where the reader asked for it. */
  readonly refreshSeconds?: number | undefined
  readonly children: ReactNode
}

/** The frame of every page. All of them are private or about one customer: none is for search engines. */
export function Document({ title, styles, mark, refreshSeconds, children }: DocumentProps) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        {refreshSeconds ? <meta httpEquiv="refresh" content={String(refreshSeconds)} /> : null}
        <title>{title}</title>
        {mark ? <link rel="icon" type="image/svg+xml" href="/assets/mark.svg" /> : null}
        <link rel="stylesheet" href="/assets/tokens.css" />
        <link rel="stylesheet" href="/assets/product.css" />
        <link rel="stylesheet" href={`/assets/${styles}.css`} />
      </head>
      <body className={styles}>{children}</body>
    </html>
  )
}

/** A page as it is sent: no script runs in it. */
export const render = (page: ReactElement) => `<!doctype html>${renderToStaticMarkup(page)}`
