import type { TsType, TsTypeElement, TsTypeReference } from '@swc/core'
import { type Declared, type Interface, Modules, type Scope, type WrittenType } from './declarations.js'

const MISSING = ' is missing'

export interface SdkTypesOptions {
  /** Properties that Stripe sends and the SDK's types leave out, by the name of the interface. */
  readonly alsoSent?: Readonly<Record<string, readonly string[]>>
}

/**
 * The SDK's types at run time, read from its declaration files: what came over the wire is checked against them, where
 * the compiler only sees what we claim. Stricter than the compiler: no property more than the type has, and of an open
 * enum the listed values only. A decimal is a string on the wire.
 */
export class SdkTypes {
  readonly #modules = new Modules()
  readonly #alsoSent: Readonly<Record<string, readonly string[]>>

  constructor({ alsoSent = {} }: SdkTypesOptions = {}) {
    this.#alsoSent = alsoSent
  }

  /** What is wrong with a value, a line for each property; nothing when it is as `type` of that file says. */
  problems(value: unknown, file: string, type: string): string[] {
    return this.#check(value, this.#named(file, type), type)
  }

  /** The same for one page of a list. */
  problemsOfPage(value: unknown, file: string, type: string): string[] {
    const { interface: list } = this.#modules.read('lib').find('ApiList') as { interface: Interface }
    return this.#object(value, list, 'ApiList', `${type} list`, [this.#named(file, type)])
  }

  /** The values of a union of literals, such as `WebhookEndpointCreateParams.ApiVersion`. */
  literals(file: string, type: string): string[] {
    const { type: union } = this.#named(file, type)
    const members = union.type === 'TsUnionType' ? union.types : [union]
    return members.flatMap((member) => (member.type === 'TsLiteralType' ? [String(literalOf(member))] : []))
  }

  #named(file: string, name: string): WrittenType {
    let scope = this.#modules.read(file)
    const path = name.split('.')
    for (const part of path.slice(0, -1)) scope = scope.namespaces.get(part) ?? missing(file, name)
    const declared = scope.find(path.at(-1)!) ?? missing(file, name)
    if ('alias' in declared) return declared.alias
    return { type: reference(path.at(-1)!), scope }
  }

  #check(value: unknown, { type, scope }: WrittenType, path: string): string[] {
    switch (type.type) {
      case 'TsParenthesizedType':
        return this.#check(value, { type: type.typeAnnotation, scope }, path)
      case 'TsKeywordType':
        return isKeyword(value, type.kind) ? [] : [wrong(path, value, type.kind)]
      case 'TsLiteralType':
        return value === literalOf(type) ? [] : [wrong(path, value, JSON.stringify(literalOf(type)))]
      case 'TsUnionType':
        return this.#union(value, type.types, scope, path)
      case 'TsArrayType':
        return this.#array(value, { type: type.elemType, scope }, path)
      case 'TsTypeLiteral':
        return this.#members(value, add({ properties: new Map(), anyKey: undefined }, type.members, scope), '', path)
      case 'TsTypeReference':
        return this.#reference(value, type, scope, path)
      default:
        throw new Error(`${path}: a ${type.type} can't be checked`)
    }
  }

  /** One of them must fit; if none does, the one that fits best is talked about. */
  #union(value: unknown, types: readonly TsType[], scope: Scope, path: string): string[] {
    const found: string[][] = []
    for (const type of types) {
      const problems = this.#check(value, { type, scope }, path)
      if (problems.length === 0) return []
      found.push(problems)
    }
    const isObject = typeof value === 'object' && value !== null
    const entered = isObject
      ? found.filter((problems) => !problems.some((problem) => problem.startsWith(`${path} is`)))
      : []
    const best = entered.sort((a, b) => a.length - b.length)[0]
    return best ?? [wrong(path, value, 'what the type takes')]
  }

  #array(value: unknown, item: WrittenType, path: string): string[] {
    if (!Array.isArray(value)) return [wrong(path, value, 'an array')]
    return value.flatMap((each, index) => this.#check(each, item, `${path}[${index}]`))
  }

  #reference(value: unknown, type: TsTypeReference, scope: Scope, path: string): string[] {
    const name = type.typeName.type === 'Identifier' ? type.typeName.value : type.typeName.right.value
    const given = (type.typeParams?.params ?? []).map((parameter): WrittenType => ({ type: parameter, scope }))
    if (name === 'Array') return this.#array(value, given[0]!, path)
    if (name === 'Partial') return this.#check(value, given[0]!, path).filter(isOfWhole)
    // Values of an open enum that the SDK does not list: ours come from its lists.
    if (name === 'OtherString') return [wrong(path, value, 'a listed value')]
    if (name === 'Decimal') return isDecimal(value) ? [] : [wrong(path, value, 'a decimal in a string')]
    const declared = scope.resolve(type.typeName)
    if (!declared) throw new Error(`${path}: the SDK's type ${name} was not found`)
    if ('alias' in declared) return this.#check(value, declared.alias, path)
    return this.#object(value, declared.interface, name, path, given)
  }

  #object(value: unknown, type: Interface, name: string, path: string, given: readonly WrittenType[] = []): string[] {
    return this.#members(value, membersOf(type, given), name, path)
  }

  #members(value: unknown, { anyKey, properties }: Members, name: string, path: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [wrong(path, value, 'an object')]
    const absent = [...properties].filter(([key, { optional }]) => !optional && !(key in value))
    const problems = absent.map(([key]) => `${path}.${key}${MISSING}`)
    for (const [key, inner] of Object.entries(value)) {
      const type = properties.get(key)?.type ?? anyKey
      if (type) problems.push(...this.#check(inner, type, `${path}.${key}`))
      else if (!this.#alsoSent[name]?.includes(key)) problems.push(`${path}.${key} is not in the SDK's type`)
    }
    return problems
  }
}

interface Members {
  readonly properties: Map<string, { readonly type: WrittenType; readonly optional: boolean }>
  /** What any other key holds. */
  anyKey: WrittenType | undefined
}

/** With what it inherits; its own come later and win. */
function membersOf({ bases, members, parameters, scope }: Interface, given: readonly WrittenType[] = []): Members {
  const all: Members = { properties: new Map(), anyKey: undefined }
  for (const base of bases) {
    const inherited = membersOf(interfaceOf(scope.resolve(base), scope))
    for (const [key, property] of inherited.properties) all.properties.set(key, property)
  }
  return add(all, members, scope.withArguments(parameters, given))
}

function add(all: Members, members: readonly TsTypeElement[], scope: Scope): Members {
  for (const member of members) {
    const type = 'typeAnnotation' in member ? member.typeAnnotation?.typeAnnotation : undefined
    if (!type) continue
    if (member.type === 'TsIndexSignature') all.anyKey = { type, scope }
    if (member.type !== 'TsPropertySignature') continue
    if (member.key.type !== 'Identifier' && member.key.type !== 'StringLiteral') continue
    all.properties.set(member.key.value, { type: { type, scope }, optional: member.optional })
  }
  return all
}

function interfaceOf(declared: Declared | undefined, scope: Scope): Interface {
  if (declared && 'interface' in declared) return declared.interface
  throw new Error(`An interface that the SDK extends was not found from ${[...scope.types.keys()].join(', ')}`)
}

/** In a part nothing can be missing, and what was not there before a change is null. */
function isOfWhole(problem: string): boolean {
  return !problem.endsWith(MISSING) && !problem.includes(' is null, not ')
}

function literalOf(type: Extract<TsType, { type: 'TsLiteralType' }>): unknown {
  return 'value' in type.literal ? type.literal.value : undefined
}

function isKeyword(value: unknown, kind: string): boolean {
  if (kind === 'any' || kind === 'unknown') return true
  if (kind === 'null') return value === null
  if (kind === 'void' || kind === 'undefined') return value === undefined
  if (kind === 'number') return Number.isFinite(value)
  return typeof value === kind
}

function isDecimal(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
}

function wrong(path: string, value: unknown, wanted: string): string {
  const shown = typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value)
  return `${path} is ${shown}, not ${wanted}`
}

function reference(name: string): TsType {
  return JSON.parse(JSON.stringify({ type: 'TsTypeReference', typeName: { type: 'Identifier', value: name } }))
}

function missing(file: string, name: string): never {
  throw new Error(`The SDK has no ${name} in ${file}`)
}
