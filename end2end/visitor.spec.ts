import { devices, type Browser, type Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, test, unique, type Weida } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { PASSWORD } from './rig/person.ts'

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
const SEEN = {
  'a phone in WeChat': { ...phone, userAgent: `${IPHONE} Mobile/15E148 MicroMessenger/8.0.49` },
  'a phone outside WeChat': { ...phone, userAgent: `${IPHONE} Version/17.0 Mobile/15E148 Safari/604.1` },
  'a desk': { viewport: { width: 1440, height: 900 }, userAgent: devices['Desktop Chrome'].userAgent },
} as const
type Place = keyof typeof SEEN

/** Opens a page as it is seen there. The caller closes its context. */
async function seen(browser: Browser, weida: Weida, place: Place, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ ...SEEN[place], javaScriptEnabled, baseURL: weida.url, locale: 'zh-CN' })
  return context.newPage()
}

/** The second step of a registration. */
async function secondStep(page: Page): Promise<string> {
  const username = unique('u')
  await page.goto('/register')
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page).toHaveURL(/\/signin$/)
  return username
}

/** A sign-in that waits. */
async function waiting(page: Page, hasScript: boolean) {
  await page.goto('/login')
  if (!hasScript) await page.getByRole('button', { name: '微信登录' }).click()
}

/** What this reader needs is on the first screen, below title and state. */
async function expectFirstScreen(page: Page, place: Place) {
  await expect(page.getByRole('heading', { level: 1 })).toBeInViewport({ ratio: 1 })
  await expect(page.getByRole('status')).toBeInViewport({ ratio: 1 })
  await expect(page.getByRole('status')).toContainText('10 分钟内有效')
  const digits = page.locator('.digits-value').first()
  const qr = page.getByRole('main').locator('img[src^="/signin/qr.png"]').first()
  if (place === 'a phone outside WeChat') {
    await expect(digits).toBeInViewport({ ratio: 1 })
    await expect(page.getByRole('link', { name: '打开微信' })).toBeInViewport({ ratio: 1 })
    expect(await page.locator('body').innerText()).not.toContain('扫')
  } else {
    await expect(qr).toBeInViewport({ ratio: 1 })
    await expect(digits).toBeInViewport({ ratio: 1 })
    await expect(page.getByRole('link', { name: '打开微信' })).toHaveCount(0)
  }
  await expectNoSidewaysScroll(page)
}

for (const place of Object.keys(SEEN) as Place[]) {
  for (const locale of ['zh-CN', 'en']) {
    test(`nothing moves on ${place} while a sign-in begins, in ${locale}`, async ({ browser, weida }) => {
      const context = await browser.newContext({ ...SEEN[place], baseURL: weida.url, locale })
      const page = await context.newPage()
      await page.addInitScript(() => {
        const moved = { sum: 0 }
        Object.assign(window, { moved })
        const count = (list: PerformanceObserverEntryList) => {
          for (const entry of list.getEntries()) moved.sum += (entry as PerformanceEntry & { value: number }).value
        }
        new PerformanceObserver(count).observe({ type: 'layout-shift', buffered: true })
      })
      // Long enough for the button to be painted first.
      await page.route('**/do/wechat', async route => {
        await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
        await route.continue()
      })
      await page.goto('/login')
      await expect(page.locator('.digits-value').first()).toBeVisible()
      await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
      // Up to here Web Vitals calls it good.
      expect(await page.evaluate(() => (window as unknown as { moved: { sum: number } }).moved.sum)).toBeLessThan(0.1)
      await context.close()
    })
  }
  for (const hasScript of [true, false]) {
    test(`the first screens on ${place}, ${hasScript ? 'with' : 'without'} a script`, async ({ browser, weida }) => {
      const page = await seen(browser, weida, place, hasScript)
      // Step one: WeChat alone, or a name and a password.
      await page.goto('/register')
      for (const name of ['用微信直接登录', '下一步']) {
        await expect(page.getByRole('button', { name })).toBeInViewport({ ratio: 1 })
      }
      const username = await secondStep(page)
      await expectFirstScreen(page, place)
      // The way back keeps the name.
      await page.getByRole('link', { name: '修改' }).click()
      await expect(page.getByLabel('用户名')).toHaveValue(username)
      // A script begins no sign-in while a registration waits.
      await page.goto('/login')
      await expect(page.getByRole('button', { name: '微信登录' })).toBeVisible()
      await page.context().clearCookies()
      await waiting(page, hasScript)
      await expectFirstScreen(page, place)
      await expect(page.getByRole('link', { name: '我已完成，检查一下' })).toBeVisible({ visible: !hasScript })
      if (hasScript) await expect(page.getByLabel('密码')).toBeVisible()
      await page.context().close()
    })
  }
}

test('received digits are said first, on every screen', async ({ browser, weida }) => {
  for (const place of Object.keys(SEEN) as Place[]) {
    const sender = await Phone.open(browser, weida)
    await sender.follow()
    const page = await seen(browser, weida, place, true)
    await secondStep(page)
    const digits = (await page.locator('.digits-value').first().innerText()).replace(/\D/g, '')
    expect(await sender.say(digits)).toContain('注册吗？')
    const title = page.getByRole('heading', { level: 1, name: '已收到，请在微信里确认' })
    await expect(title).toBeVisible()
    await expect(title).toBeInViewport({ ratio: 1 })
    await expect(page.getByRole('status')).toBeInViewport({ ratio: 1 })
    await expect(page.locator('.digits-value').first()).toBeHidden()
    // The picture is the message in the chat, word for word.
    const shown = await page.locator('.peek-phone .bubble').innerText()
    expect(shown.replace(/\s+/g, '')).toBe((await sender.bubbles.last().innerText()).replace(/\s+/g, ''))
    await page.context().close()
    await sender.close()
  }
})

test('a page view begins no session, and a session is reused until it ends', async ({ browser, weida }) => {
  const plain = await seen(browser, weida, 'a desk', false)
  await plain.goto('/login')
  await plain.goto('/register')
  expect((await plain.context().cookies()).some(cookie => cookie.name.includes('signin'))).toBe(false)
  await plain.context().close()
  const page = await seen(browser, weida, 'a desk', true)
  await page.goto('/login')
  const shown = page.locator('.digits-value').first()
  await expect(shown).toBeVisible()
  const digits = await shown.innerText()
  await page.goto('/login')
  await expect(shown).toHaveText(digits.replace(/\s/g, ''))
  await page.context().close()
})

test('what is typed stays while the session begins', async ({ page }) => {
  let begins: () => void = () => {}
  const held = new Promise<void>(resolve => (begins = resolve))
  await page.route('**/do/wechat', async route => {
    await held
    await route.continue()
  })
  await page.goto('/login')
  await page.getByLabel('用户名').fill('someone')
  begins()
  await expect(page.locator('.digits-value').first()).toBeVisible()
  await expect(page.getByLabel('用户名')).toHaveValue('someone')
  await expect(page.getByLabel('用户名')).toBeFocused()
})

test('a password is shown by its switch', async ({ page }) => {
  await page.goto('/register')
  const password = page.getByLabel('密码')
  await password.fill(PASSWORD)
  await page.getByRole('button', { name: '显示', exact: true }).click()
  await expect(password).toHaveAttribute('type', 'text')
  await page.getByRole('button', { name: '隐藏', exact: true }).click()
  await expect(password).toHaveAttribute('type', 'password')
})

test('the connection is lost: one may look by hand', async ({ page, complaints }) => {
  complaints.expect(/ERR_FAILED|ERR_INTERNET_DISCONNECTED|EventSource/)
  await page.route('**/signin/events*', route => route.abort())
  await page.route('**/signin/status*', route => route.abort())
  await secondStep(page)
  await expect(page.getByRole('link', { name: '我已完成，检查一下' })).toBeVisible({ timeout: 15_000 })
})

test('the phone of the home page answers while one types', { tag: ['@desktop', '@phone'] }, async ({ page }) => {
  await page.goto('/')
  for (const name of ['注册', '登录']) {
    await expect(page.getByRole('link', { name, exact: true })).toBeInViewport({ ratio: 1 })
  }
  const replies = page.locator('.hero-phone .said:not(.mine) .bubble')
  await page.getByLabel(/^发给/).pressSequentially('忘了密码')
  await expect(replies.last()).toContainText('改密')
  await page.getByLabel(/^发给/).press('Enter')
  await expect(page.getByLabel(/^发给/)).toHaveValue('')
  await expect(replies.last()).toContainText('改密')
  await page.getByRole('button', { name: '能设自己的回复吗' }).click()
  await expect(replies.last()).toContainText('Wi-Fi')
  await expect(page).toHaveURL(/\/$/)
  await expectAccessible(page)
})

test('the phone of the home page answers without a script', { tag: ['@nojs'] }, async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: '怎么登录' }).click()
  await expect(page).toHaveURL(/say=/)
  await expect(page.locator('.hero-phone .said:not(.mine) .bubble').last()).toContainText('二维码')
})
