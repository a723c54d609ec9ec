import { expect, expectNoSidewaysScroll, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { PASSWORD, beginRegistration, beginSignIn, goOn, register, signOut } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('sign-in by password', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await register(page, phone)
  await signOut(page)
  await page.goto('/me')
  await expect(page).toHaveURL(/\/login\?next=/)
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill('wrong password')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByLabel('用户名')).toHaveValue(username)
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL(/\/me$/)
  await phone.close()
})

test('sign-in by a scan, once the phone has confirmed', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await register(page, phone)
  await signOut(page)
  await beginSignIn(page)
  await phone.scanNewest()
  await expect(phone.bubbles.last()).toContainText('是你在登录吗？')
  await goOn(page)
  await expect(page.getByRole('heading', { name: '已收到，请在微信里确认' })).toBeVisible()
  await phone.tap('是我，登录')
  await goOn(page)
  // The password was set before this WeChat sign-in: the user reviews it once.
  await expect(page).toHaveURL(/\/me\/review$/)
  await expect(page.getByText(`用户名 ${username} 的密码`)).toBeVisible()
  await page.getByRole('button', { name: '都是我设置的，继续' }).click()
  await expect(page).toHaveURL(/\/me$/)
  await expect(page.getByText(username).first()).toBeVisible()
  await phone.close()
})

test('no sign-in if the phone refuses', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await signOut(page)
  await beginSignIn(page)
  await phone.scanNewest()
  await phone.tap('不是我，取消')
  await expect(page.getByRole('heading', { name: '你在微信里点了取消' })).toBeVisible()
  await page.goto('/me')
  await expect(page).toHaveURL(/\/login/)
  await phone.close()
})

test('sign-in by a typed code', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await phone.follow()
  const code = await phone.code('验证码')
  await beginSignIn(page)
  const field = page.getByLabel('验证码')
  await page.getByText('公众号给了你验证码？').click()
  await field.fill(code === '000000' ? '111111' : '000000')
  await page.locator('form[action="/do/code"]').getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByText(/还可以再试 4 次/)).toBeVisible()
  await expect(field).toBeFocused()
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL(/\/me$/)
  await phone.close()
})

test('a sign-in continues after the program was killed', async ({ page, weida, browser, complaints }) => {
  // While the program is down, the browser logs errors.
  complaints.expect(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/)
  const phone = await Phone.open(browser, weida)
  await beginRegistration(page)
  await weida.kill()
  await weida.up()
  await phone.scanNewest()
  await phone.tap('是我，注册')
  await expect(page).toHaveURL(/\/me$/)
  await phone.close()
})

test('a sign-in continues where a proxy holds the event stream back', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  // Not one byte of the stream arrives.
  let held = 0
  await page.route('**/signin/events*', () => void held++)
  await beginRegistration(page)
  await phone.scanNewest()
  await expect(page.getByRole('heading', { name: '已收到，请在微信里确认' })).toBeVisible({ timeout: 15_000 })
  await phone.tap('是我，注册')
  await expect(page).toHaveURL(/\/me$/, { timeout: 15_000 })
  expect(held).toBeGreaterThan(0)
  await phone.close()
})

test('a sign-in continues where the event stream ends at once', async ({ page, weida, browser, complaints }) => {
  complaints.expect(/MIME type|EventSource|status of 503/)
  const phone = await Phone.open(browser, weida)
  await page.route('**/signin/events*', route => route.fulfill({ status: 503, body: 'busy' }))
  await beginRegistration(page)
  await phone.scanNewest()
  await phone.tap('是我，注册')
  await expect(page).toHaveURL(/\/me$/, { timeout: 15_000 })
  await phone.close()
})

test('an account that may not create QR codes asks for the digits instead', { tag: ['@desktop', '@phone', '@nojs'] }, async ({ page, browser, complaints, newWeida }) => {
  const weida = await newWeida()
  const phone = await Phone.open(browser, weida)
  await phone.page.locator('label', { hasText: '个人订阅号' }).click()
  await phone.page.getByRole('button', { name: '切换' }).click()
  await page.goto(`${weida.url}/register`)
  await page.getByLabel('用户名').fill('personal')
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: /下一步|注册/ }).click()
  await expectNoSidewaysScroll(page)
  await expect(page.locator('img[src^="/signin/qr.png"]')).toHaveCount(0)
  const shown = await page.getByRole('main').innerText()
  const code = /(\d{3})\s?(\d{3})/.exec(shown)!
  await phone.follow()
  expect(await phone.say(code[1] + code[2])).toContain('用 personal 注册吗？')
  await phone.tap('是我，注册')
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  expect(complaints.unexpected()).toEqual([])
  await phone.close()
})
