import type { Shown } from '../pages/screens.js'

const EVERY_MS = 5_000
/** A workspace whose screens take long to read is asked less often. */
const TIMES_AS_LONG = 20

/**
 * Reads a screen again every few seconds while somebody looks at it, and tells what changed, and when it can't be read.
 *
 * @returns ends it
 */
export function follow(first: Shown, tell: (shown: Shown) => void, tellStale: (isStale: boolean) => void): () => void {
  const api = new window.AdminJS.ApiClient()
  let known = JSON.stringify(first)
  let timer: number | undefined
  let isLooking = false
  let isOver = false

  /** One at a time: whoever comes back while it looks is told all the same, and begins no second round. */
  async function look() {
    if (isLooking) return
    isLooking = true
    window.clearTimeout(timer)
    const began = performance.now()
    if (!document.hidden) {
      try {
        const shown = await read()
        const text = JSON.stringify(shown)
        if (isOver) return
        if (text !== known) tell(shown)
        known = text
        tellStale(false)
      } catch {
        // The screen goes on showing what it knows, and says so.
        if (!isOver) tellStale(true)
      }
    }
    isLooking = false
    if (!isOver) timer = window.setTimeout(look, Math.max(EVERY_MS, (performance.now() - began) * TIMES_AS_LONG))
  }

  async function read(): Promise<Shown> {
    const { name } = first
    const params = { ...Object.fromEntries(new URLSearchParams(location.search)), ...idIn(location.pathname) }
    const { data, request } = await (name === 'overview'
      ? api.getDashboard({ params })
      : api.getPage({ pageName: name, params }))
    // Signed out, or locked since: the answer came from the page that one was led to.
    const { pathname } = new URL(request.responseURL)
    if (!pathname.startsWith('/app/api/')) {
      location.assign(pathname)
      throw new Error('The panel is closed')
    }
    return keep({ name, ...(data as object) } as Shown, first)
  }

  timer = window.setTimeout(look, EVERY_MS)
  document.addEventListener('visibilitychange', wake)
  function wake() {
    if (!document.hidden) void look()
  }
  return () => {
    isOver = true
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', wake)
  }
}

/** `/app/cases/<id>`: which one it is. */
function idIn(path: string): { id?: string } {
  const id = /^\/app\/cases\/([\w-]+)(?:\/|$)/.exec(path)?.[1]
  return id ? { id } : {}
}

/** What was said, asked for, or is about to be sent stays as it was when the page came. */
function keep(next: Shown, first: Shown): Shown {
  const { said, link, actions } = first.view as KeptView
  const { actions: nextActions } = next.view as KeptView
  return {
    ...next,
    view: {
      ...next.view,
      ...(said && { said }),
      ...(link && { link }),
      ...(nextActions && actions && { actions: { ...nextActions, requestId: actions.requestId } }),
    },
  } as Shown
}

interface KeptView {
  readonly said?: object | null
  readonly link?: string | null
  readonly actions?: { readonly requestId: string } | null
}
