import { expect, expectAccessible, expectNoSidewaysScroll, LOOKS, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'

const DIALECTS = ['follow', 'assistant', 'mini_program', 'qr_login', 'cloud_hosting']

test('the documentation is searched and read without a script', { tag: ['@nojs', '@phone'] }, async ({ page }) => {
  await page.goto('/docs')
  await expect(page.getByRole('heading', { level: 2 })).toContainText(['关注 API', '回复助手 API'])
  await page.getByRole('searchbox', { name: '搜索接口' }).fill('idempotency')
  await page.getByRole('searchbox', { name: '搜索接口' }).press('Enter')
  await expect(page).toHaveURL(/q=idempotency/)
  await expect(page.locator('.docs-list a:visible')).toHaveCount(1)
  await page.locator('.docs-list a:visible').click()
  await expect(page).toHaveURL(/\/docs\/follow#follow\.editImage$/)
  const call = page.locator('[id="follow.editImage"]')
  await expect(call.getByRole('heading', { level: 2 })).toBeInViewport()
  await expect(call.getByText('Idempotency-Key').first()).toBeVisible()
  await expect(call.getByText('curl -X POST')).toBeVisible()
  await expectNoSidewaysScroll(page)
})

test('typing filters the list at once', async ({ page }) => {
  await page.goto('/docs')
  const rows = page.locator('.docs-list a:visible')
  const all = await rows.count()
  expect(all).toBeGreaterThan(40)
  await page.getByRole('searchbox', { name: '搜索接口' }).pressSequentially('POST credits ')
  await expect(rows).toHaveCount(0)
  await expect(page.getByRole('heading', { name: '没有找到接口' })).toBeVisible()
  await page.getByRole('searchbox', { name: '搜索接口' }).fill('积分')
  await expect(rows).toHaveCount(1)
  await page.getByRole('searchbox', { name: '搜索接口' }).fill('')
  await expect(rows).toHaveCount(all)
})

test('every page of the documentation is light, accessible and in both languages and themes', { tag: ['@desktop', '@phone'] }, async ({ page }) => {
  // Each page is checked whole, and they are long.
  test.setTimeout(LOOKS.length * (DIALECTS.length + 1) * 30_000)
  for (const [colorScheme, lang] of LOOKS) {
    await page.emulateMedia({ colorScheme })
    for (const path of ['/docs', ...DIALECTS.map(dialect => `/docs/${dialect}`)]) {
      const sizes: number[] = []
      page.on('response', async response => {
        if (response.url().endsWith('.js')) sizes.push(Number((await response.allHeaders())['content-length'] ?? 0))
      })
      await page.goto(`${path}?lang=${lang}`)
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      expect(Math.max(0, ...sizes), 'no heavy script').toBeLessThan(20_000)
      page.removeAllListeners('response')
    }
    await expect(page.getByRole('heading', { level: 1 })).toContainText(lang === 'zh' ? '云托管 API' : 'Cloud hosting API')
  }
})

test('a call is tried with one’s own token, on every page of the documentation', async ({ page, browser, weida }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone, unique('docs'))
  await page.goto('/docs/mini_program')
  await page.getByRole('button', { name: '用我的身份试用' }).click()
  await expect(page).toHaveURL(/\/docs\/mini_program$/)
  await expect(page.getByText('试用令牌已就绪')).toBeVisible()
  await page.getByRole('navigation', { name: '五套接口' }).getByRole('link', { name: /^关注 API/ }).click()
  const credits = page.locator('[id="follow.credits"]')
  await credits.getByText('试一试').click()
  await credits.getByRole('button', { name: /^发送/ }).click()
  await expect(credits.getByRole('status')).toContainText('200')
  await expect(credits.getByRole('status')).toContainText('"credits": 100')
  // The reply assistant is called by the cookie of this browser.
  await page.goto('/docs/assistant')
  const info = page.locator('[id="assistant.info"]')
  await info.getByText('试一试').click()
  await info.getByRole('button', { name: /^发送/ }).click()
  await expect(info.getByRole('status')).toContainText('"username"')
  await phone.close()
})

test('a call that fails says so, and a confirmation is not filled in', async ({ page, complaints }) => {
  complaints.expect(/401/)
  await page.goto('/docs/qr_login')
  const clear = page.locator('[id="qr_login.adminClearAllUsers"]')
  await clear.getByText('试一试').click()
  await expect(clear.getByLabel('请求体')).toHaveValue('')
  const permission = page.locator('[id="qr_login.checkPermission"]')
  await permission.getByText('试一试').click()
  await permission.getByRole('button', { name: /^发送/ }).click()
  await expect(permission.getByRole('status')).toContainText('401')
})
