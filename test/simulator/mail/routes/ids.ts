import { invalid, notFound } from '../errors.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What has this id, or the error that Resend answers; `kind` such as `Email`. */
export function found<T>(id: string | undefined, kind: string, get: (id: string) => T | undefined): T {
  if (id === undefined || !UUID.test(id)) throw invalid('The `id` must be a valid UUID')
  const item = get(id)
  if (item === undefined) throw notFound(kind)
  return item
}
