import { expect, expectAccessible, expectNoSidewaysScroll, LOOKS, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'

/** Swagger UI, which replaces the plain list. */
const viewer = '#viewer[data-ready] .opblock'

test('the documentation works without a script', { tag: ['@nojs'] }, async ({ page }) => {
  await page.goto('/docs')
  await expect(page.getByRole('heading', { level: 2, name: '关注 API' })).toBeVisible()
  await page.getByText('编辑图片').click()
  await expect(page.getByText('Idempotency-Key').first()).toBeVisible()
  await expect(page.getByText("curl -X POST").first()).toBeAttached()
  await expectNoSidewaysScroll(page)
})

test('the viewer shows every dialect, in both themes and languages', { tag: ['@desktop', '@phone'] }, async ({ page }) => {
  // Fifty calls on one page take time.
  test.setTimeout(LOOKS.length * 60_000)
  for (const [colorScheme, lang] of LOOKS) {
    await page.emulateMedia({ colorScheme })
    await page.goto(`/docs?lang=${lang}`)
    await expect(page.locator(viewer).first()).toBeVisible()
    await expect(page.locator('.opblock-tag')).toHaveCount(5)
    await expect(page.locator('.opblock-tag').first()).toContainText(lang === 'zh' ? '关注 API' : 'Follow API')
    await page.locator('.opblock-summary-control').first().click()
    await expect(page.getByRole('button', { name: lang === 'zh' ? '发送' : 'Execute' })).toBeVisible()
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
  }
})

test('a signed-in user tries a call with their own token', async ({ page, browser, weida }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone, unique('docs'))
  await page.goto('/docs')
  await page.getByRole('button', { name: '用我的身份试用' }).click()
  await expect(page.locator(viewer).first()).toBeVisible()
  await page.getByRole('button', { name: 'GET /api/v1/user/credits 查询积分' }).click()
  await page.getByRole('button', { name: '发送' }).click()
  await expect(page.locator('.live-responses-table')).toContainText('"credits": 100')
})
