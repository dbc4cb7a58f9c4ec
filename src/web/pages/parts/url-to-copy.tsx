import type { ReactNode } from 'react'

/** An address that is pasted elsewhere. */
export function UrlToCopy({ label, url, children }: { label: string; url: string; children?: ReactNode }) {
  return (
    <div className="field spaced">
      <label htmlFor="webhook-url">{label}</label>
      <input className="input mono" id="webhook-url" readOnly value={url} />
      {children ? <p className="hint">{children}</p> : null}
    </div>
  )
}
