import type { CapabilityRow } from '../../presenters/stripe-step.js'
import { Glyph } from './glyph.js'

/** What each permission of the key is for, and whether it has it. */
export function Capabilities({ rows, isKnown }: { rows: readonly CapabilityRow[]; isKnown: boolean }) {
  return (
    <table className="capabilities">
      <thead>
        <tr>
          <th scope="col">Permission</th>
          <th scope="col">What it is for</th>
          <th scope="col">{isKnown ? 'This key' : 'Needed'}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Capability key={row.slug} {...row} />
        ))}
      </tbody>
    </table>
  )
}

function Capability({ cost, glyph, name, purpose, slug, tone, words }: CapabilityRow) {
  return (
    <tr className={words === 'Missing' ? 'lacks' : undefined}>
      <th scope="row">
        <span>{name}</span>
        <code>{slug}</code>
      </th>
      <td>
        {purpose}
        {cost ? <p className="cost">{cost}</p> : null}
      </td>
      <td>
        <span className={`state ${tone}`}>
          <Glyph name={glyph} />
          {words}
        </span>
      </td>
    </tr>
  )
}
