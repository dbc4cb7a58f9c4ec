import { TIME_ZONES } from '../../../domain/time-zones.js'

interface TimeZoneFieldProps {
  /** `null`: nobody has chosen, so a script may guess. */
  readonly chosen: string | null
  readonly fault?: string | undefined
}

export function TimeZoneField({ chosen, fault }: TimeZoneFieldProps) {
  return (
    <div className="field">
      <label htmlFor="timeZone">Time zone</label>
      <select
        className="input"
        id="timeZone"
        name="timeZone"
        defaultValue={chosen ?? 'UTC'}
        aria-describedby="timeZone-hint"
        {...(chosen === null ? { 'data-guess': '' } : {})}
        {...(fault ? { 'aria-invalid': true } : {})}
      >
        {TIME_ZONES.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
      <p className={fault ? 'fault' : 'hint'} id="timeZone-hint">
        {fault ?? 'Dates in the panel are in it, and reminders keep to its hours.'}
      </p>
    </div>
  )
}
