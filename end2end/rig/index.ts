/**
 * What every spec is written with:
 *
 *     import { expect, test } from './rig/index.ts'
 *
 *     test('the front page greets', async ({ page }) => {
 *       await page.goto('/')
 *       await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
 *     })
 *
 * Each worker has a Weida of its own, so names made in a test must be its own as well (`unique`).
 */
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'
import { Weida } from './server.ts'

export { expect, Weida }

/** What the browser complained about: it must be nothing, or announced. */
export class Complaints {
  private readonly heard: string[] = []
  private readonly expected: RegExp[] = []

  /** A complaint that this test provokes, such as `/404/` for a page that is not there. */
  expect(what: RegExp) {
    this.expected.push(what)
  }

  /** Listens to a context made by hand; the one of `page` is listened to already. */
  listenTo(context: BrowserContext) {
    context.on('console', message => {
      if (message.type() === 'error') this.heard.push(`${message.text()} (${message.location().url})`)
    })
    context.on('weberror', error => this.heard.push(String(error.error())))
  }

  unexpected(): string[] {
    return this.heard.filter(text => !this.expected.some(pattern => pattern.test(text)))
  }
}

type ForTest = { complaints: Complaints; stranger: () => Promise<Page> }
type ForWorker = { weida: Weida }

export const test = base.extend<ForTest, ForWorker>({
  /** The program; the same for all tests of a worker, and running at the start of each. */
  weida: [
    async ({}, use) => {
      const weida = await Weida.start()
      await use(weida)
      await weida.dispose()
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ weida }, use) => use(weida.url),

  /** Fails the test if the browser complained; on any failure adds the program's log. */
  complaints: [
    async ({ weida, context }, use, info) => {
      // A test before this one may have ended it.
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

  /** Opens a page as somebody else: another browser, with no cookies. */
  stranger: async ({ browser, complaints }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext()
      contexts.push(context)
      complaints.listenTo(context)
      return context.newPage()
    })
    await Promise.all(contexts.map(context => context.close()))
  },
})

let count = 0

/** A name that no other test uses, now or in an earlier run. */
export function unique(prefix: string): string {
  count += 1
  return `${prefix}${Date.now().toString(36)}${process.pid.toString(36)}${count}`
}

/** Each theme and each language once; every pair of them in the thorough run. */
export const LOOKS = process.env.WEIDA_TEST_THOROUGH
  ? ([['light', 'zh'], ['light', 'en'], ['dark', 'zh'], ['dark', 'en']] as const)
  : ([['light', 'zh'], ['dark', 'en']] as const)

/** The page has no serious fault for people who see, hear or move differently (WCAG 2.2 AA, by axe). */
export async function expectAccessible(page: Page) {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const faults = serious.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map(node => node.target.join(' ')).join(', ')}`)
  expect(faults, `accessibility of ${page.url()}`).toEqual([])
}

/** Nothing is wider than the window. */
export async function expectNoSidewaysScroll(page: Page) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(excess, `pixels that ${page.url()} is too wide`).toBe(0)
}
