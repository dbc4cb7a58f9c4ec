import { z } from 'zod'
import { parameterInvalid, parameterMissing, parameterUnknown } from './errors.js'
import type { FormFields } from './form.js'

/** In a form all is text. */
const integer = z
  .string()
  .regex(/^-?\d+$/, 'integer')
  .transform(Number)
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const limit = integer.pipe(z.number().int().min(1).max(100))
export const metadata = z.record(z.string(), z.string())
export const expand = z.array(z.string())
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

/** Every list takes these. */
export const page = {
  limit: limit.optional(),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
  expand: expand.optional(),
}

export function inRange(value: number, wanted: Range | undefined): boolean {
  if (!wanted) return true
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = wanted
  return value > gt && value >= gte && value < lt && value <= lte
}

/** Checks parameters against what a route takes; throws the error that Stripe would answer. */
export function readParams<T extends z.ZodType>(schema: T, given: FormFields): z.output<T> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw asStripeError(mostTelling(result.error.issues))
}

/** An unknown parameter comes first, as with Stripe; of a union the branch that got furthest. */
function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
  if (issue.code !== 'invalid_union') return issue
  const branch = issue.errors.find((errors) => errors.every((inner) => inner.code === 'unrecognized_keys'))
  const inner = branch?.[0]
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue
}

function asStripeError(issue: z.core.$ZodIssue) {
  const param = named(issue.path)
  if (issue.code === 'unrecognized_keys') return parameterUnknown(named([...issue.path, issue.keys[0]!]))
  if (issue.code === 'invalid_type' && issue.input === undefined) return parameterMissing(param)
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const last = values.length > 1 ? `${values.slice(0, -1).join(', ')}, or ${values.at(-1)}` : values.join()
    return parameterInvalid(`Invalid ${param}: must be one of ${last}`, param)
  }
  if (issue.message === 'integer') return parameterInvalid('Invalid integer', param, 'parameter_invalid_integer')
  return parameterInvalid(`Invalid ${param}: ${issue.message}`, param)
}

function named(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join('')
}
