import { expect, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register, signOut } from './rig/person.ts'

test('a forgotten password is set by a code from the chat', { tag: ['@desktop', '@phone', '@nojs'] }, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await register(page, phone)
  await signOut(page)
  const code = await phone.code('改密')
  await page.goto('/forgot')
  await page.getByLabel('验证码').fill(code)
  await page.getByLabel('新密码').fill('password')
  await page.getByRole('button', { name: /设置新密码/ }).click()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await page.getByLabel('验证码').fill(code)
  await page.getByLabel('新密码').fill('另一匹 正确的马')
  await page.getByRole('button', { name: /设置新密码/ }).click()
  await expect(page).toHaveURL(/\/login/)
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill('另一匹 正确的马')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL(/\/me$/)
  await phone.close()
})
