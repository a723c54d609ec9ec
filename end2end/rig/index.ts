/**
 * The fixtures of every spec:
 *
 *     import { expect, test } from './rig/index.ts'
 *
 *     test('the front page greets', async ({ page }) => {
 *       await page.goto('/')
 *       await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
 *     })
 *
 * Each worker has its own Weida, and its tests share it, so each test needs unique names (`unique`).
 */
import { availableParallelism, loadavg } from 'node:os'
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'
import { Weida } from './server.ts'

export { expect, Weida }

/** The browser's errors; a test fails on an unexpected one. */
export class Complaints {
  private readonly messages: string[] = []
  private readonly expected: RegExp[] = []

  /** Expects an error that this test causes, such as `/404/` for a missing page. */
  expect(what: RegExp) {
    this.expected.push(what)
  }

  /** Listens to a context that the test created; the context of `page` is covered already. */
  listenTo(context: BrowserContext) {
    context.on('console', message => {
      if (message.type() === 'error') this.messages.push(`${message.text()} (${message.location().url})`)
    })
    context.on('weberror', error => this.messages.push(String(error.error())))
  }

  unexpected(): string[] {
    return this.messages.filter(text => !this.expected.some(pattern => pattern.test(text)))
  }
}

type ForTest = { complaints: Complaints; newVisitor: () => Promise<Page>; newWeida: (env?: Record<string, string>) => Promise<Weida> }
type ForWorker = { weida: Weida }

export const test = base.extend<ForTest, ForWorker>({
  /** The program: one for all tests of a worker, running at the start of each. */
  weida: [
    async ({}, use) => {
      const weida = await Weida.start()
      await use(weida)
      await weida.dispose()
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ weida }, use) => use(weida.url),

  /** Fails the test on an unexpected browser error; attaches the program's log to every failure. */
  complaints: [
    async ({ weida, context }, use, info) => {
      // An earlier test may have stopped it.
      await weida.up()
      const before = (await weida.log()).length
      const complaints = new Complaints()
      complaints.listenTo(context)
      await use(complaints)
      const unexpected = complaints.unexpected()
      if (info.status !== info.expectedStatus || unexpected.length > 0) {
        await info.attach('weida.log', { body: (await weida.log()).slice(before), contentType: 'text/plain' })
      }
      expect(unexpected, 'complaints of the browser').toEqual([])
    },
    { auto: true },
  ],

  /** Opens a page as another visitor: a new browser context without cookies. */
  newVisitor: async ({ browser, complaints }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext()
      contexts.push(context)
      complaints.listenTo(context)
      return context.newPage()
    })
    await Promise.all(contexts.map(context => context.close()))
  },

  /** Starts another program for this test alone. It ends after the pages, which may still load a picture from it. */
  newWeida: async ({ context }, use) => {
    const started: Weida[] = []
    await use(async env => {
      const weida = await Weida.start(env)
      started.push(weida)
      return weida
    })
    await Promise.all(context.pages().map(page => page.close()))
    await Promise.all(started.map(weida => weida.dispose()))
  },
})

let count = 0

/** A name that no other test uses, now or in an earlier run. */
export function unique(prefix: string): string {
  count += 1
  return `${prefix}${Date.now().toString(36)}${process.pid.toString(36)}${count}`
}

/** A time limit in milliseconds, extended on an overloaded machine: other processes must not fail a test. */
export function patient(limitMs: number): number {
  return limitMs * Math.max(1, loadavg()[0]! / availableParallelism())
}

/** Each theme and each language once; all combinations in the thorough run. */
export const LOOKS = process.env.WEIDA_TEST_THOROUGH
  ? ([['light', 'zh'], ['light', 'en'], ['dark', 'zh'], ['dark', 'en']] as const)
  : ([['light', 'zh'], ['dark', 'en']] as const)

/** Whether the browser of this test runs the scripts of pages. */
export const hasScript = () => test.info().project.use.javaScriptEnabled !== false

/**
 * Expects no serious accessibility fault (WCAG 2.2 AA, by axe). axe is a script of the page that waits for the page's timers, so
 * without scripts nothing is checked: the same pages are checked on the desktop and the phone.
 */
export async function expectAccessible(page: Page) {
  if (!hasScript()) return
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const faults = serious.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map(node => node.target.join(' ')).join(', ')}`)
  expect(faults, `accessibility of ${page.url()}`).toEqual([])
}

/** Expects that the page is not wider than the window. */
export async function expectNoSidewaysScroll(page: Page) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(excess, `pixels that ${page.url()} is too wide`).toBe(0)
}
