import { expect, expectNoSidewaysScroll, patient, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { PASSWORD, beginRegistration, goOn, register } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('a visitor scans, follows, confirms, and is registered', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await beginRegistration(page)
  await expect(page.getByText('10 分钟内有效').first()).toBeVisible()
  await expectNoSidewaysScroll(page)
  await phone.scanNewest()
  for (const part of [`用 ${username} 注册吗？`, '网站 127.0.0.1', '来自 127.0.0.1', '是我，注册', '不是我，取消']) {
    await expect(phone.bubbles.last()).toContainText(part)
  }
  await goOn(page)
  await expect(page.getByRole('heading', { name: '已收到，请在微信里确认' })).toBeVisible()
  await phone.tap('是我，注册')
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  await expect(page.getByText(username).first()).toBeVisible()
  await expect(page.getByText('100', { exact: true }).first()).toBeVisible()
  await expect(phone.bubbles.last()).toContainText('注册成功')
  await expect(phone.bubbles.last()).toContainText('100 积分')
  await phone.close()
})

test('a visitor is not registered if the phone refuses', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await beginRegistration(page)
  await phone.scanNewest()
  await phone.tap('不是我，取消')
  await goOn(page)
  await expect(page.getByText('没有注册，什么都没有发生')).toBeVisible()
  // The name is free, and the browser is not signed in.
  await page.goto('/me')
  await expect(page).toHaveURL(/\/login/)
  await beginRegistration(page, username)
  await phone.close()
})

test('a registration is withdrawn in the chat', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await register(page, phone)
  await phone.tap('取消注册')
  await expect(phone.bubbles.last()).toContainText(`删除账号 ${username} 吗？`)
  await phone.tap('确认删除')
  await expect(phone.bubbles.last()).toContainText('已取消注册')
  await page.goto('/me')
  await expect(page).toHaveURL(/\/login/)
  await phone.close()
})

test('the page continues within a second of the confirmation, without reloading before', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await beginRegistration(page)
  await page.evaluate(() => ((globalThis as { mark?: boolean }).mark = true))
  await phone.scanNewest()
  await expect(page.getByRole('heading', { name: '已收到，请在微信里确认' })).toBeVisible()
  await phone.page.reload()
  const confirm = phone.bubbles.last().getByText('是我，注册')
  const moved = page.waitForURL(/\/(signin\/done|me)$/, { timeout: 10_000, waitUntil: 'commit' })
  await expect.poll(() => page.evaluate(() => (globalThis as { mark?: boolean }).mark)).toBe(true)
  const pushed = phone.page.waitForResponse(answer => answer.url().endsWith('/sandbox/tap'))
  await confirm.click()
  await pushed
  const before = Date.now()
  await moved
  expect(Date.now() - before).toBeLessThan(patient(1000))
  await phone.close()
})

test('each error is shown at its field, and the input is kept', everywhere, async ({ page, complaints }) => {
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

test('a name of 100 KB is refused at its field', async ({ page, weida }) => {
  const answer = await page.request.post(`${weida.url}/do/register`, {
    form: { username: 'a'.repeat(100_000), password: PASSWORD },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(answer.status()).toBe(200)
  expect(await answer.text()).toContain('aria-invalid="true"')
})

test('a taken name is refused before a scan', everywhere, async ({ page, weida, browser, newVisitor }) => {
  const phone = await Phone.open(browser, weida)
  const username = await beginRegistration(page)
  await phone.scanNewest()
  await phone.tap('是我，注册')
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  const other = await newVisitor()
  await other.goto(`${weida.url}/register`)
  await other.getByLabel('用户名').fill(username.toUpperCase())
  await other.getByLabel('密码').fill(PASSWORD)
  await other.getByRole('button', { name: /下一步|注册/ }).click()
  await expect(other.locator('[aria-invalid=true]')).toHaveCount(1)
  await phone.close()
})
