import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import { unique, type Weida } from './index.ts'

/**
 * A user's WeChat, by the buttons of `/sandbox`, in a separate browser context.
 */
export class Phone {
  private constructor(
    readonly page: Page,
    private readonly weida: Weida,
  ) {}

  /** Creates a WeChat user and opens their phone. The caller closes it. */
  static async open(browser: Browser, weida: Weida): Promise<Phone> {
    const context = await browser.newContext({ baseURL: weida.url, locale: 'zh-CN', viewport: { width: 1000, height: 900 } })
    const phone = new Phone(await context.newPage(), weida)
    await phone.page.goto('/sandbox')
    await phone.page.getByPlaceholder('昵称，如 小微').fill(unique('微'))
    await phone.page.getByRole('button', { name: '添加', exact: true }).click()
    await expect(phone.page.getByRole('button', { name: '关注公众号' })).toBeVisible()
    return phone
  }

  async close() {
    await this.page.context().close()
  }

  async follow() {
    await this.page.getByRole('button', { name: '关注公众号' }).click()
    await expect(this.bubbles.last()).toBeVisible()
  }

  /** Scans the QR code that a page requested last; a user who does not follow the account yet follows it by the scan. */
  async scanNewest() {
    await this.page.reload()
    // Reloading the page before the answer arrives would abort the scan.
    const answered = this.page.waitForResponse(
      response => response.status() !== 303 && (response.request().redirectedFrom() ?? response.request()).method() === 'POST',
    )
    await this.page.getByRole('button', { name: /^(扫一扫|关注并扫描)：/ }).first().click()
    await (await answered).finished()
  }

  /** Sends a message and waits for the answer. */
  async say(text: string): Promise<string> {
    await this.page.reload()
    const before = await this.bubbles.count()
    await this.page.getByRole('textbox', { name: '要发送的消息' }).fill(text)
    await this.page.getByRole('button', { name: '发送', exact: true }).click()
    await expect.poll(() => this.bubbles.count()).toBeGreaterThan(before)
    return (await this.bubbles.last().innerText()).trim()
  }

  /** Sends a message and expects no answer. */
  async sayUnanswered(text: string) {
    await this.page.reload()
    const [theirs, mine] = [await this.bubbles.count(), await this.page.locator('li.said.mine').count()]
    await this.page.getByRole('textbox', { name: '要发送的消息' }).fill(text)
    await this.page.getByRole('button', { name: '发送', exact: true }).click()
    await expect.poll(() => this.page.locator('li.said.mine').count()).toBeGreaterThan(mine)
    await this.page.reload()
    expect(await this.bubbles.count(), `answers to ${text}`).toBe(theirs)
  }

  /** Sends a message without waiting for an answer. */
  async send(text: string) {
    await this.page.reload()
    await this.page.getByRole('textbox', { name: '要发送的消息' }).fill(text)
    await this.page.getByRole('button', { name: '发送', exact: true }).click()
    await expect(this.page.locator('li.said.mine .bubble').last()).toHaveText(text)
  }

  /** Requests a code and returns it. */
  async code(word: string): Promise<string> {
    const answer = await this.say(word)
    const code = /\d{6}/.exec(answer)
    if (!code) throw new Error(`no code in: ${answer}`)
    return code[0]
  }

  /** Taps a link of the last answer, such as 是我，登录. The page shows a new answer by itself; a reload would conflict with the load that
   * a scan has begun. */
  async tap(text: string) {
    await this.bubbles.last().getByText(text).click()
  }

  /** The account's messages, oldest first. */
  get bubbles(): Locator {
    return this.page.locator('li.said:not(.mine) .bubble')
  }
}
