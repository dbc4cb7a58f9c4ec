import type { ComponentType, ReactElement } from 'react'

/** As far as AdminJS's client is used here. */
interface AdminJSClient {
  /** AdminJS's application: store, router, and then `UserComponents.Application`. */
  readonly Application: ReactElement
  readonly UserComponents: { Application?: ComponentType }
  readonly ApiClient: new () => ApiClient
}

interface ApiClient {
  getDashboard(options: { params: object }): Promise<Answer>
  resourceAction(options: { resourceId: string; actionName: string; params: object }): Promise<Answer>
  getPage(options: { pageName: string; params: object }): Promise<Answer>
}

/** Of axios. */
interface Answer {
  readonly data: unknown
  readonly request: { readonly responseURL: string }
}

declare global {
  interface Window {
    AdminJS: AdminJSClient
  }
}

declare module 'react-dom' {
  export function hydrateRoot(container: HTMLElement, content: ReactElement): unknown
}
