/** IANA names, such as `Europe/Berlin`. */
export const TIME_ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')]

export const isTimeZone = (name: string) => TIME_ZONES.includes(name)
