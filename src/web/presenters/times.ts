type Names = Record<'weekday' | 'longWeekday' | 'day' | 'month' | 'longMonth' | 'year' | 'clock' | 'seconds', string>

/** Moments in the words of the pages, in one time zone. Dates have one order, whatever the locale of the amounts. */
export interface Times {
  /** `Tue 24 Nov, 09:10`; with its year when that is not this year's. */
  moment(at: Date): string
  /** `Sunday 22 November 2026, 14:19:03`: to the second, for whoever wants proof. */
  exact(at: Date): string
  /** `14:19:03` */
  clock(at: Date): string
  /** `15:00` */
  clockNow(): string
  /** `Sunday 22 November`; with its year when that is not this year's. */
  day(at: Date): string
  /** `22 November 2026` */
  date(at: Date): string
  /** `22 November`; with its year when that is not this year's. */
  dayOfMonth(at: Date): string
  /** `22 Nov` */
  shortDay(at: Date): string
  /** `Berlin time` */
  readonly zone: string
}

/** @param timeZone IANA name, such as `Europe/Berlin` */
export function timesIn(timeZone: string, now: Date): Times {
  const names = namesIn(timeZone)
  const thisYear = names(now).year
  const unlessThis = (year: string) => (year === thisYear ? '' : ` ${year}`)
  return {
    moment(at) {
      const { weekday, day, month, year, clock } = names(at)
      return `${weekday} ${day} ${month}${unlessThis(year)}, ${clock}`
    },
    exact(at) {
      const { longWeekday, day, longMonth, year, seconds } = names(at)
      return `${longWeekday} ${day} ${longMonth} ${year}, ${seconds}`
    },
    day(at) {
      const { longWeekday, day, longMonth, year } = names(at)
      return `${longWeekday} ${day} ${longMonth}${unlessThis(year)}`
    },
    date(at) {
      const { day, longMonth, year } = names(at)
      return `${day} ${longMonth} ${year}`
    },
    dayOfMonth(at) {
      const { day, longMonth, year } = names(at)
      return `${day} ${longMonth}${unlessThis(year)}`
    },
    shortDay(at) {
      const { day, month } = names(at)
      return `${day} ${month}`
    },
    clock: (at) => names(at).seconds,
    clockNow: () => names(now).clock,
    zone: zoneInWords(timeZone),
  }
}

/** American names, as the British ones shorten September to four letters; the order is ours. */
function namesIn(timeZone: string): (at: Date) => Names {
  const short = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', month: 'short' })
  const long = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return (at) => {
    const inShort = partsOf(short, at)
    const inLong = partsOf(long, at)
    const clock = `${inLong.hour}:${inLong.minute}`
    return {
      weekday: inShort.weekday,
      longWeekday: inLong.weekday,
      day: inLong.day,
      month: inShort.month,
      longMonth: inLong.month,
      year: inLong.year,
      clock,
      seconds: `${clock}:${inLong.second}`,
    }
  }
}

type Parts = Record<'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute' | 'second', string>

function partsOf(format: Intl.DateTimeFormat, at: Date): Parts {
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value])) as Parts
}

function zoneInWords(timeZone: string): string {
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone
  return city === 'UTC' ? city : `${city} time`
}
