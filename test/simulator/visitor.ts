interface WebForm {
  readonly action: string
  /** Names of its fields and buttons. */
  readonly fields: readonly string[]
}

export interface WebPage {
  /** Where the redirects ended. */
  readonly url: string
  readonly status: number
  readonly html: string
  readonly forms: readonly WebForm[]
  /** Every address on the way, the first and the last included. */
  readonly visited: readonly string[]
}

const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.9',
}

const MAX_REDIRECTS = 10

/** Opens an address as a browser without script would, redirects included. */
export async function openPage(url: string): Promise<WebPage> {
  return follow(url, { headers: BROWSER }, [])
}

/** Submits the page's form that has this field, with this value. */
export async function submitForm(page: WebPage, field: string, value: string): Promise<WebPage> {
  const form = page.forms.find(({ fields }) => fields.includes(field))
  if (!form) throw new Error(`No form with a field ${field} on ${page.url}`)
  const body = new URLSearchParams({ [field]: value })
  return follow(new URL(form.action, page.url).href, { method: 'POST', headers: BROWSER, body }, page.visited)
}

async function follow(url: string, request: RequestInit, before: readonly string[]): Promise<WebPage> {
  let [at, how] = [url, request]
  const visited = [...before]
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    visited.push(at)
    const answer = await fetch(at, { ...how, redirect: 'manual' })
    const html = await answer.text()
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status >= 400 || !location) {
      return { url: at, status: answer.status, html, forms: formsIn(html), visited }
    }
    at = new URL(location, at).href
    how = { headers: BROWSER }
  }
  throw new Error(`More than ${MAX_REDIRECTS} redirects from ${url}`)
}

function formsIn(html: string): WebForm[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', body = '']) => ({
    action: /\baction="([^"]*)"/.exec(attributes)?.[1] ?? '',
    fields: [...new Set([...body.matchAll(/\bname="([^"]*)"/g)].map((match) => match[1] ?? ''))],
  }))
}
