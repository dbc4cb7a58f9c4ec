import { type PlanName, STEP_TEMPLATES } from '../../../domain/campaign.js'
import { type LineForm, withEmptyLine } from '../../presenters/campaign-form.js'
import { touchName } from '../../presenters/words.js'
import { Glyph } from './glyph.js'

interface PlanProps {
  readonly plan: PlanName
  readonly name: string
  readonly lines: readonly LineForm[]
  /** By the line's place. */
  readonly faults: Readonly<Record<number, string>>
}

/** A plan of contacts as a table of mails to fill in; the last line is empty, for one more. */
export function Plan({ plan, name, lines, faults }: PlanProps) {
  return (
    <table className="list plan" aria-label={name}>
      <thead>
        <tr>
          <th scope="col">Mail</th>
          <th scope="col">When, after the failure</th>
          <th scope="col">Words</th>
          <th scope="col">Sent</th>
          <th scope="col">
            <span className="sr">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {withEmptyLine(lines).map((line, index) => (
          <Line
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
            key={index}
            plan={plan}
            index={index}
            line={line}
            isNew={index === lines.length}
            fault={faults[index]}
          />
        ))}
      </tbody>
    </table>
  )
}

interface LineProps {
  readonly plan: PlanName
  readonly index: number
  readonly line: LineForm
  readonly isNew: boolean
  readonly fault: string | undefined
}

function Line({ plan, index, line, isNew, fault }: LineProps) {
  const mail = `Mail ${index + 1}`
  const field = (name: string) => `${plan}.${index}.${name}`
  return (
    <tr>
      <td className="num">
        {index + 1}
        {isNew ? <span className="sr">, one more</span> : null}
      </td>
      <td className="when">
        {index === 0 ? 'At once' : <Wait of={line} mail={mail} field={field} fault={fault} />}
        {fault ? (
          <p className="fault" id={field('fault')}>
            <Glyph name="lost" />
            <span>{fault}</span>
          </p>
        ) : null}
      </td>
      <td className="words">
        {index === 0 ? (
          touchName(line.template)
        ) : (
          <select className="input" name={field('template')} defaultValue={line.template} aria-label={`${mail}: words`}>
            {STEP_TEMPLATES.map((template) => (
              <option key={template} value={template}>
                {touchName(template)}
              </option>
            ))}
          </select>
        )}
      </td>
      <td className="sent">
        <label className="choice">
          <input type="checkbox" name={field('on')} defaultChecked={line.isOn} />
          <span className="sr">{mail} is </span>On
        </label>
      </td>
      <td className="act">
        {index === 0 || isNew ? null : (
          <button
            className="button quiet"
            type="submit"
            name="do"
            value={`remove.${plan}.${index}`}
            formAction={to(plan)}
          >
            Remove<span className="sr"> {mail.toLowerCase()}</span>
          </button>
        )}
      </td>
    </tr>
  )
}

interface WaitProps {
  readonly of: LineForm
  readonly mail: string
  readonly field: (name: string) => string
  readonly fault: string | undefined
}

function Wait({ of: { wait, unit }, mail, field, fault }: WaitProps) {
  return (
    <span className="wait">
      <input
        className="input"
        name={field('wait')}
        defaultValue={wait}
        inputMode="numeric"
        autoComplete="off"
        maxLength={8}
        aria-label={`${mail}: how many hours or days after the failure`}
        {...(fault ? { 'aria-invalid': true, 'aria-describedby': field('fault') } : {})}
      />
      <select className="input" name={field('unit')} defaultValue={unit} aria-label={`${mail}: hours or days`}>
        <option value="hours">hours</option>
        <option value="days">days</option>
      </select>
    </span>
  )
}

/** Back to the plan that the button stands in. */
export const to = (plan: PlanName) => `/app/settings/campaign#plan-${plan}`
