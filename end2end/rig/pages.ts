import type { Page } from '@playwright/test'
import type { Weida } from './server.ts'

/** The pages that pictures are taken of, unless others are named: `cargo xtask shots / /sandbox`. */
export const pages: {
  path: string
  /** Brings the browser into the state that the page needs, such as signed in. */
  as?: (page: Page, weida: Weida) => Promise<void>
}[] = [{ path: '/' }, { path: '/sandbox' }]
