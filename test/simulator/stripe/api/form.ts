type FormValue = string | FormValue[] | { [key: string]: FormValue }
export type FormFields = Record<string, FormValue>

/** Reads `a[b][0]=c` the way Stripe does: brackets nest; numbered and empty ones (`a[0]`, `a[]`) make an array. */
export function parseForm(encoded: string): FormFields {
  const root: FormFields = {}
  for (const [name, value] of new URLSearchParams(encoded)) {
    put(root, [name.split('[')[0]!, ...[...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!)], value)
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, arraysIn(value)]))
}

function put(into: FormFields, path: readonly string[], value: string): void {
  let place = into
  for (const [index, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(place).length) : part
    if (index === path.length - 1) {
      place[key] = value
      return
    }
    const below = place[key]
    if (typeof below === 'object' && !Array.isArray(below)) place = below
    else {
      const made: FormFields = {}
      place[key] = made
      place = made
    }
  }
}

function arraysIn(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, below]) => [key, arraysIn(below)] as const)
  const numbered = entries.length > 0 && entries.every(([key], index) => key === String(index))
  return numbered ? entries.map(([, below]) => below) : Object.fromEntries(entries)
}
