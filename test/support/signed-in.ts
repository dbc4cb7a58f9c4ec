import { createSignInLink } from '../../src/accounts/sign-in.js'
import type { Context } from '../../src/context.js'
import type { TestWeb } from './web.js'

type Form = Record<string, string> | [name: string, value: string][]

/** An owner's browser: keeps cookies, and posts from our own pages. Redirects are shown, not followed. */
export interface SignedInBrowser {
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** @param form as pairs where a name stands twice */
  post(path: string, form?: Form, headers?: Record<string, string>): Promise<Response>
  /** Anything else. */
  send(path: string, init: RequestInit): Promise<Response>
}

export async function signIn(web: TestWeb, context: Context, owner: { readonly id: string }): Promise<SignedInBrowser> {
  const jar = new Map<string, string>()
  const send = async (path: string, init: RequestInit) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, ...(cookie && { Cookie: cookie }) }
    const response = await fetch(web.url + path, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value) jar.set(name, value)
      else jar.delete(name)
    }
    return response
  }
  const browser: SignedInBrowser = {
    get: (path, headers = {}) => send(path, { headers }),
    send,
    post: (path, form = {}, headers = { Origin: web.url }) =>
      send(path, { method: 'POST', body: new URLSearchParams(form), headers }),
  }
  const token = new URL(await createSignInLink(context, owner.id)).searchParams.get('token') ?? ''
  await browser.post('/sign-in/verify', { token })
  return browser
}
