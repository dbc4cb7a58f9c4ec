import { Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { Document, type MoreStyles, render } from './parts/document.js'
import { Screen, type ScreenName, type Shown } from './screens.js'

interface ScreenPage<Name extends ScreenName> extends Shown<Name> {
  readonly title: string
  /** Addresses of what keeps it up to date, in order. */
  readonly scripts: readonly string[]
}

const MORE_STYLES: Partial<Record<ScreenName, readonly MoreStyles[]>> = {
  overview: ['overview'],
  diagnostics: ['overview', 'diagnostics'],
}

/**
 * A screen as it is sent: whole without a script, and with the data that the client goes on from. AdminJS's application
 * renders within a Suspense boundary: the same stands here, so that the client finds what it expects.
 */
export function screenPage<Name extends ScreenName>({ title, scripts, ...shown }: ScreenPage<Name>): string {
  const html = renderToString(
    <Suspense>
      <Screen {...shown} />
    </Suspense>,
  )
  return render(
    <Document
      title={`${title} · SecondLoop`}
      styles="panel"
      moreStyles={MORE_STYLES[shown.name]}
      mark
      scripts={scripts}
    >
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: React rendered it, and escaped what came from outside. */}
      <div id="app" className="shell" dangerouslySetInnerHTML={{ __html: html }} />
      <script
        type="application/json"
        id="shown"
        // biome-ignore lint/security/noDangerouslySetInnerHtml: data, with what could end the element escaped.
        dangerouslySetInnerHTML={{ __html: JSON.stringify(shown).replaceAll('<', '\\u003c') }}
      />
    </Document>,
  )
}
