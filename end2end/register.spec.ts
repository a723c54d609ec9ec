import { expect, expectNoSidewaysScroll, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { PASSWORD, beginRegistration, goOn } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('a visitor scans, follows, and is registered', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  const username = await beginRegistration(page)
  await expect(page.getByText('10 分钟内有效').first()).toBeVisible()
  await expectNoSidewaysScroll(page)
  await phone.scanNewest()
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  await expect(page.getByText(username).first()).toBeVisible()
  await expect(page.getByText('100', { exact: true }).first()).toBeVisible()
  await expect(phone.bubbles.last()).toContainText('注册成功')
  await expect(phone.bubbles.last()).toContainText('100 积分')
  await phone.putDown()
})

test('the page goes on within a second of the phone, and is not loaded again meanwhile', async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await beginRegistration(page)
  await page.evaluate(() => ((globalThis as { mark?: boolean }).mark = true))
  await phone.page.reload()
  const scan = phone.page.getByRole('button', { name: /扫描二维码/ }).first()
  const moved = page.waitForURL(/\/(signin\/done|me)$/, { timeout: 10_000, waitUntil: 'commit' })
  await expect.poll(() => page.evaluate(() => (globalThis as { mark?: boolean }).mark)).toBe(true)
  const pushed = phone.page.waitForResponse(answer => answer.url().endsWith('/sandbox/scan'))
  await scan.click()
  await pushed
  const before = Date.now()
  await moved
  expect(Date.now() - before).toBeLessThan(1000)
  await phone.putDown()
})

test('what is wrong is said at its field, and what was typed is kept', everywhere, async ({ page, complaints }) => {
  await page.goto('/register')
  const username = page.getByLabel('用户名')
  const password = page.getByLabel('密码')
  const wrong: [string, string, RegExp][] = [
    ['a b', PASSWORD, /用户名/],
    ['\u202Eevil', PASSWORD, /用户名/],
    ['😀😀', PASSWORD, /用户名/],
    ['x', PASSWORD, /2/],
    [unique('u'), 'short', /8/],
    [unique('u'), 'password', /常见/],
  ]
  for (const [name, secret, message] of wrong) {
    await page.goto('/register')
    await username.fill(name)
    await password.fill(secret)
    await page.getByRole('button', { name: /下一步|注册/ }).click()
    await expect(page).toHaveURL(/\/register$/)
    await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
    await expect(page.locator('form').filter({ has: username })).toContainText(message)
    await expect(username).toHaveValue(name)
    await expect(password).toHaveValue('')
  }
  expect(complaints.unexpected()).toEqual([])
})

test('a name of 100 KB is told at its field', async ({ page, weida }) => {
  const answer = await page.request.post(`${weida.url}/do/register`, {
    form: { username: 'a'.repeat(100_000), password: PASSWORD },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(answer.status()).toBe(200)
  expect(await answer.text()).toContain('aria-invalid="true"')
})

test('a name that is taken is told before anybody scans', everywhere, async ({ page, weida, browser, stranger }) => {
  const phone = await Phone.pickUp(browser, weida)
  const username = await beginRegistration(page)
  await phone.scanNewest()
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  const other = await stranger()
  await other.goto(`${weida.url}/register`)
  await other.getByLabel('用户名').fill(username.toUpperCase())
  await other.getByLabel('密码').fill(PASSWORD)
  await other.getByRole('button', { name: /下一步|注册/ }).click()
  await expect(other.locator('[aria-invalid=true]')).toHaveCount(1)
  await phone.putDown()
})
