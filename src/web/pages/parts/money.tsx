import type { MoneyView } from '../../presenters/view.js'

/** An amount with its decimals there, and quiet. */
export function Money({ of: { whole, cents, after } }: { of: MoneyView }) {
  return (
    <span className="money">
      {whole}
      {cents ? <span className="cents">{cents}</span> : null}
      {after}
    </span>
  )
}
