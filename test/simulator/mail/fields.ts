import { invalid, MailApiError } from './errors.js'

export type Json = Record<string, unknown>

/** An object of these fields only, or the error that Resend would answer; `what` stands in its message. */
export function objectOf(given: unknown, known: readonly string[], what = 'The request body'): Json {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(`${what} must be a JSON object.`)
  }
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw invalid(`Unrecognized key: \`${unknown}\`.`)
  return given as Json
}

export function missing(field: string): MailApiError {
  return new MailApiError(422, 'missing_required_field', `Missing \`${field}\` field.`)
}

export function invalidField(field: string, why: string): MailApiError {
  return invalid(`Invalid \`${field}\` field. ${why}`)
}

export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

export function textOf(json: Json, field: string): string | null {
  const value = json[field]
  if (isMissing(value)) return null
  if (typeof value !== 'string') throw invalidField(field, 'It must be a string.')
  return value
}

export function hasControl(text: string): boolean {
  return [...text].some((sign) => sign < ' ')
}
