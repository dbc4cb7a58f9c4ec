import type { NoticeView } from '../../presenters/stripe-step.js'
import { Glyph } from './glyph.js'

/** What Stripe says of the key or its webhooks that must not be missed. */
export function KeyNotice({ of: { tone, title, text } }: { of: NoticeView }) {
  return (
    <div className={`notice ${tone}`} role="status">
      <Glyph name={tone === 'recovered' ? 'recovered' : 'attention'} tone={tone} />
      <p>
        <strong>{title}</strong> {text}
      </p>
    </div>
  )
}
