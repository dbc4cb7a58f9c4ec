import type { ReactElement, ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { assetFiles } from '../../asset-files.js'

export type MoreStyles = 'overview' | 'settings' | 'diagnostics'

interface DocumentProps {
  readonly title: string
  /** BCP 47. The owner's pages are in English; a customer's speak the customer's language. */
  readonly language?: string | undefined
  /** What the page loads beside tokens and basics. */
  readonly styles: 'panel' | 'door' | 'landing' | 'setup'
  /** More files of styles, in order. */
  readonly moreStyles?: readonly MoreStyles[] | undefined
  /** Our mark in the browser's tab: on the owner's pages only. */
  readonly mark: boolean
  /** Reads the page again by itself after this long. Only where the reader asked for it. */
  readonly refreshSeconds?: number | undefined
  /** Addresses of our own files, in order; the route allows them in the page's policy. */
  readonly scripts?: readonly string[] | undefined
  /** For a public page: how others show a link to it. Without it the page is nobody's but its reader's. */
  readonly shared?: SharedLink
  readonly children: ReactNode
}

/** Absolute addresses: they are read by others. */
interface SharedLink {
  readonly url: string
  readonly description: string
  /** 1200 by 630. */
  readonly picture: string
}

/** The frame of every page. All but the shared ones are private or about one customer: not for search engines. */
export function Document({
  title,
  language = 'en',
  styles,
  moreStyles = [],
  mark,
  refreshSeconds,
  scripts = [],
  shared,
  children,
}: DocumentProps) {
  return (
    <html lang={language}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {shared ? <Sharing title={title} {...shared} /> : <meta name="robots" content="noindex, nofollow" />}
        {refreshSeconds ? <meta httpEquiv="refresh" content={String(refreshSeconds)} /> : null}
        <title>{title}</title>
        {mark ? <link rel="icon" type="image/svg+xml" href={assetFiles.href('mark.svg')} /> : null}
        <link rel="stylesheet" href={assetFiles.href('tokens.css')} />
        <link rel="stylesheet" href={assetFiles.href('product.css')} />
        <link rel="stylesheet" href={assetFiles.href(`${styles}.css`)} />
        {moreStyles.map((name) => (
          <link key={name} rel="stylesheet" href={assetFiles.href(`${name}.css`)} />
        ))}
        {scripts.map((script) => (
          <script key={script} src={script} defer />
        ))}
      </head>
      <body className={styles}>{children}</body>
    </html>
  )
}

/** The Open Graph protocol, ogp.me. */
function Sharing({ title, url, description, picture }: SharedLink & { readonly title: string }) {
  return (
    <>
      <link rel="canonical" href={url} />
      <meta name="description" content={description} />
      <meta property="og:type" content="website" />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={url} />
      <meta property="og:image" content={picture} />
      <meta property="og:image:width" content="1200" />
      <meta property="og:image:height" content="630" />
      <meta property="og:image:alt" content={description} />
      <meta name="twitter:card" content="summary_large_image" />
    </>
  )
}

/** A page as it is sent. */
export const render = (page: ReactElement) => `<!doctype html>${renderToStaticMarkup(page)}`
