import { z } from 'zod'
import {
  NotSimulatedError,
  parameterEmpty,
  parameterInvalid,
  parameterMissing,
  parameterUnknown,
  type StripeApiError,
} from './errors.js'
import type { FormFields } from './form.js'

/** What a check says of a value, where Zod has no word of its own for it. */
const FAULTS = { boolean: 'boolean', empty: 'empty', integer: 'integer', notSimulated: 'not simulated' } as const

/** In a form all is text. An empty one would unset the parameter, which most can't be. */
export const text = z.string().min(1, FAULTS.empty)
export const integer = text.regex(/^-?\d+$/, FAULTS.integer).transform(Number)
export const flag = text.regex(/^(true|false)$/, FAULTS.boolean).transform((value) => value === 'true')
export const url = text.pipe(z.url('Not a valid URL'))
export const expand = z.array(text)
export const range = z.union([
  integer.transform((exactly) => ({ gte: exactly, lte: exactly })),
  z.strictObject({
    gt: integer.optional(),
    gte: integer.optional(),
    lt: integer.optional(),
    lte: integer.optional(),
  }),
])
export type Range = {
  gt?: number | undefined
  gte?: number | undefined
  lt?: number | undefined
  lte?: number | undefined
}

/** For calls that take nothing else. */
export const onlyExpand = z.strictObject({ expand: expand.optional() })

/** Every list takes these. */
export const page = {
  limit: integer.pipe(z.number().min(1).max(100)).optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
  expand: expand.optional(),
}

/**
 * At most 50 keys of 40 characters, with values of 500. An empty value takes its key away, an empty text all of them.
 * Source: docs.stripe.com/metadata
 */
export const metadata = z.union([
  z.literal('').transform(() => null),
  z
    .record(z.string(), z.string())
    .refine((given) => Object.keys(given).length <= 50, 'You can only have up to 50 metadata keys.')
    .superRefine((given, context) => {
      for (const [key, value] of Object.entries(given)) {
        const message = tooLong('keys', 'a key', 40, key) ?? tooLong('values', 'a value', 500, value)
        if (message) context.addIssue({ code: 'custom', message, input: given })
      }
    }),
])

/** What becomes of an object's metadata. */
export function merged(
  current: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>> | null,
): Record<string, string> {
  if (given === null) return {}
  return Object.fromEntries(Object.entries({ ...current, ...given }).filter(([, value]) => value !== ''))
}

const notSimulatedValue = z
  .unknown()
  .refine(() => false, FAULTS.notSimulated)
  .optional()

/** Parameters that Stripe knows and nobody has built here: using one is loud. */
export function notSimulated<K extends string>(...names: K[]): Record<K, typeof notSimulatedValue> {
  return Object.fromEntries(names.map((name) => [name, notSimulatedValue])) as Record<K, typeof notSimulatedValue>
}

/** One of the values that we simulate; using one that only Stripe knows is loud, any other is refused. */
export function oneOf<const T extends string>(simulated: readonly T[], others: readonly string[] = []) {
  return z
    .enum([...simulated, ...others])
    .refine((value) => !others.includes(value), FAULTS.notSimulated)
    .transform((value) => value as T)
}

export function inRange(value: number, wanted: Range | undefined): boolean {
  if (!wanted) return true
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = wanted
  return value > gt && value >= gte && value < lt && value <= lte
}

/** Checks parameters against what a route takes; throws the error that Stripe would answer. */
export function readParams<T extends z.ZodType>(schema: T, given: FormFields): z.output<T> {
  const result = schema.safeParse(given, { reportInput: true })
  if (result.success) return result.data
  throw asStripeError(mostTelling(result.error.issues))
}

/** An unknown parameter comes first, as with Stripe; of a union the branch that got furthest. */
function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
  if (issue.code !== 'invalid_union') return issue
  const entered = issue.errors.filter((errors) => !errors.some(isWrongKind))
  const inner = (entered[0] ?? issue.errors.at(-1))?.[0]
  return inner ? mostTelling([{ ...inner, path: [...issue.path, ...inner.path] }]) : issue
}

function isWrongKind({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function asStripeError(issue: z.core.$ZodIssue): StripeApiError {
  const param = named(issue.path)
  const input = typeof issue.input === 'string' ? issue.input : JSON.stringify(issue.input)
  if (issue.code === 'unrecognized_keys') return parameterUnknown(named([...issue.path, issue.keys[0]!]))
  if (issue.message === FAULTS.notSimulated) return new NotSimulatedError(`${param}=${input}`, param)
  if (issue.message === FAULTS.empty) return parameterEmpty(param)
  if (issue.message === FAULTS.boolean) return parameterInvalid(`Invalid boolean: ${input}`, param)
  if (issue.message === FAULTS.integer) {
    return parameterInvalid(`Invalid integer: ${input}`, param, 'parameter_invalid_integer')
  }
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? parameterMissing(param) : parameterInvalid(wrongKind(issue, input), param)
    case 'invalid_value':
      return issue.input === undefined ? parameterMissing(param) : parameterInvalid(wrongValue(issue, param), param)
    case 'invalid_format':
      return parameterInvalid(issue.message, param, 'url_invalid')
    case 'custom':
      return parameterInvalid(issue.message, param)
    case 'too_big':
    case 'too_small':
      return outOfBounds(issue, param, input)
    default:
      return parameterInvalid(`Invalid ${param}: ${issue.message}`, param)
  }
}

function wrongKind({ expected }: z.core.$ZodIssueInvalidType, input: string): string {
  if (expected === 'array') return 'Invalid array'
  return expected === 'string' ? `Invalid string: ${input}` : 'Invalid object'
}

function wrongValue({ values }: z.core.$ZodIssueInvalidValue, param: string): string {
  const words = values.map(String)
  const last = words.length > 1 ? `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}` : words.join()
  return `Invalid ${param}: must be one of ${last}`
}

function outOfBounds(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  param: string,
  input: string,
): StripeApiError {
  if (issue.origin !== 'number') return parameterInvalid(issue.message, param)
  const bound =
    issue.code === 'too_big' ? `less than or equal to ${issue.maximum}` : `greater than or equal to ${issue.minimum}`
  return parameterInvalid(
    `This value must be ${bound} (it currently is '${input}').`,
    param,
    'parameter_invalid_integer',
  )
}

function tooLong(what: string, one: string, most: number, given: string): string | undefined {
  if (given.length <= most) return undefined
  return `Metadata ${what} can have up to ${most} characters, but you passed in ${one} that is ${given.length} characters. Invalid ${one.slice(2)}: ${given}`
}

function named(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join('')
}
