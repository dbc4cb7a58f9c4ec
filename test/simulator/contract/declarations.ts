import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Expression,
  type ModuleItem,
  parseFileSync,
  type Statement,
  type TsEntityName,
  type TsType,
  type TsTypeElement,
} from '@swc/core'

const SDK = fileURLToPath(new URL('../../../node_modules/stripe/esm/', import.meta.url))

/** A type as it is written, with the place where its names are looked up. */
export interface WrittenType {
  readonly type: TsType
  readonly scope: Scope
}

export interface Interface {
  readonly members: readonly TsTypeElement[]
  readonly bases: readonly TsEntityName[]
  readonly parameters: readonly string[]
  readonly scope: Scope
}

export type Declared = { readonly interface: Interface } | { readonly alias: WrittenType }

/** What can be named at one place: a module, a namespace in it, or the parameters of a generic type. */
export class Scope {
  readonly types = new Map<string, Declared>()
  readonly namespaces = new Map<string, Scope>()
  /** By the name here: where it comes from and what it is called there; `*` for the whole module. */
  readonly imports = new Map<string, { readonly file: string; readonly name: string }>()
  readonly parent: Scope | undefined
  readonly #modules: Modules

  constructor(modules: Modules, parent?: Scope) {
    this.#modules = modules
    this.parent = parent
  }

  /** A scope in which a generic type's parameters stand for these. */
  withArguments(names: readonly string[], given: readonly WrittenType[]): Scope {
    const inner = new Scope(this.#modules, this)
    for (const [index, name] of names.entries()) {
      const type = given[index]
      if (type) inner.types.set(name, { alias: type })
    }
    return inner
  }

  find(name: string): Declared | undefined {
    return this.exported(name) ?? this.parent?.find(name)
  }

  /** What the module or namespace itself offers under that name. */
  exported(name: string): Declared | undefined {
    const imported = this.imports.get(name)
    return this.types.get(name) ?? (imported && this.#modules.read(imported.file).exported(imported.name))
  }

  namespace(name: string): Scope | undefined {
    const found = this.namespaces.get(name)
    if (found) return found
    const imported = this.imports.get(name)
    if (!imported) return this.parent?.namespace(name)
    const module = this.#modules.read(imported.file)
    return imported.name === '*' ? module : module.namespace(imported.name)
  }

  /** `Invoice.Parent` is looked for in the namespace that goes with the interface. */
  resolve(name: TsEntityName): Declared | undefined {
    if (name.type === 'Identifier') return this.find(name.value)
    return this.#namespaceNamed(name.left)?.exported(name.right.value)
  }

  #namespaceNamed(name: TsEntityName): Scope | undefined {
    if (name.type === 'Identifier') return this.namespace(name.value)
    return this.#namespaceNamed(name.left)?.namespaces.get(name.right.value)
  }
}

/** The declaration files of the SDK, read once each. */
export class Modules {
  readonly #read = new Map<string, Scope>()

  /** `file` is below the SDK's folder and without ending, such as `resources/Invoices`. */
  read(file: string): Scope {
    const known = this.#read.get(file)
    if (known) return known
    const scope = new Scope(this)
    this.#read.set(file, scope)
    const module = parseFileSync(join(SDK, `${file}.d.ts`), { syntax: 'typescript' })
    this.#declare(module.body, scope, file)
    return scope
  }

  #declare(items: readonly ModuleItem[], scope: Scope, file: string): void {
    for (const item of items) {
      switch (item.type) {
        case 'ImportDeclaration':
          for (const specifier of item.specifiers) {
            const name =
              specifier.type === 'ImportSpecifier' ? (specifier.imported?.value ?? specifier.local.value) : '*'
            scope.imports.set(specifier.local.value, { file: beside(file, item.source.value), name })
          }
          break
        case 'ExportNamedDeclaration':
          for (const specifier of item.specifiers) {
            if (specifier.type !== 'ExportSpecifier' || !item.source) continue
            const name = (specifier.exported ?? specifier.orig).value
            scope.imports.set(name, { file: beside(file, item.source.value), name: specifier.orig.value })
          }
          break
        case 'ExportDeclaration':
          this.#declare([item.declaration as Statement], scope, file)
          break
        case 'TsInterfaceDeclaration':
          scope.types.set(item.id.value, {
            interface: {
              members: item.body.body,
              bases: item.extends.map(({ expression }) => entityOf(expression)),
              parameters: item.typeParams?.parameters.map(({ name }) => name.value) ?? [],
              scope,
            },
          })
          break
        case 'TsTypeAliasDeclaration':
          scope.types.set(item.id.value, { alias: { type: item.typeAnnotation, scope } })
          break
        case 'TsModuleDeclaration': {
          const inner = new Scope(this, scope)
          scope.namespaces.set(item.id.value, inner)
          if (item.body?.type === 'TsModuleBlock') this.#declare(item.body.body, inner, file)
          break
        }
      }
    }
  }
}

/** `Event.Data` is parsed as an expression where it is extended. */
function entityOf(expression: Expression): TsEntityName {
  if (expression.type === 'Identifier') return expression
  if (expression.type === 'MemberExpression' && expression.property.type === 'Identifier') {
    const { object, property, span } = expression
    return { type: 'TsQualifiedName', span, left: entityOf(object), right: property } as TsEntityName
  }
  throw new Error(`A ${expression.type} can't be extended`)
}

function beside(file: string, source: string): string {
  return join(dirname(file), source.replace(/\.js$/, ''))
}
