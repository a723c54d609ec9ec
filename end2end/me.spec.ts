import type { Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, hasScript, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { PASSWORD, register, signIn } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

const theSwitch = (page: Page) => page.getByRole('switch', { name: /我的自动回复/ })

test('the head page is short, and each of its pages leads back', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  expect(height).toBeLessThanOrEqual(1480)
  for (const [link, title] of [
    [/^资料/, '资料'],
    [/^微信/, '微信'],
    [/^密码/, '修改密码'],
    [/^登录的设备/, '登录的设备'],
    [/^积分明细/, '积分明细'],
    [/^今天还能用/, '用量'],
    [/^个人微信通道/, '个人微信通道'],
  ] as const) {
    await page.getByRole('main').getByRole('link', { name: link }).click()
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    await page.getByRole('main').getByRole('link', { name: '个人中心' }).click()
    await expect(page).toHaveURL(`${weida.url}/me`)
  }
  await phone.close()
})

test('a switch is saved, with and without a script', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await expect(theSwitch(page)).toBeChecked()
  const save = page.getByRole('main').getByRole('button', { name: '保存' })
  const toggle = async () => {
    if (hasScript()) {
      await expect(save).toBeHidden()
      await theSwitch(page).focus()
      await page.keyboard.press('Space')
    } else {
      await theSwitch(page).click()
      await save.click()
    }
  }
  await toggle()
  await expect(page.getByText('已保存')).toBeVisible()
  await expect(theSwitch(page)).not.toBeChecked()
  if (hasScript()) await expect(theSwitch(page)).toBeFocused()
  await page.goto('/replies')
  await expect(page.getByText('你的自动回复已关闭')).toBeVisible()
  await page.goto('/me')
  await expect(theSwitch(page)).not.toBeChecked()
  await toggle()
  await expect(page.getByText('已保存')).toBeVisible()
  await page.reload()
  await expect(theSwitch(page)).toBeChecked()
  await phone.close()
})

test('a nickname may have a family, a flag and a keycap', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  const name = '👨‍👩‍👧 小满 🇨🇳1️⃣'
  await page.goto('/me/profile')
  await page.getByLabel('昵称').fill(name)
  await page.getByRole('button', { name: '保存资料' }).click()
  await expect(page.getByText('已保存')).toBeVisible()
  await expect(page.locator('.pass-name')).toHaveText(name)
  // The picture shows the whole family, not its first member.
  await expect(page.locator('.pass .avatar')).toHaveText('👨‍👩‍👧')
  await page.goto('/me/profile')
  for (const hidden of ['小\u200d满', '小\u202e满', '小满\ufe0f', '🏴\u{e0061}\u{e007f}']) {
    await page.getByLabel('昵称').fill(hidden)
    await page.getByRole('button', { name: '保存资料' }).click()
    await expect(page.locator('#nickname[aria-invalid=true]')).toBeFocused()
  }
  await page.goto('/me')
  await expect(page.locator('.pass-name')).toHaveText(name)
  await phone.close()
})

test('another device is signed out', everywhere, async ({ page, weida, browser, newVisitor }) => {
  const phone = await Phone.open(browser, weida)
  const username = await register(page, phone)
  const other = await newVisitor()
  await other.goto(`${weida.url}/login`)
  await signIn(other, username)
  await page.getByRole('main').getByRole('link', { name: /^登录的设备/ }).click()
  await expect(page.getByText('其他 1 台', { exact: true })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /^退出 / }).click()
  await expect(page.getByText('已退出')).toBeVisible()
  await expect(page).toHaveURL(/\/me\/devices$/)
  await other.goto(`${weida.url}/me`)
  await expect(other).toHaveURL(/\/login/)
  await phone.close()
})

test('an account is deleted by its name only', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const username = await register(page, phone)
  await page.getByRole('main').getByRole('link', { name: '删除账号' }).click()
  await expect(page.getByText('删除以后找不回来。')).toBeVisible()
  await expectAccessible(page)
  const name = page.getByLabel(`输入“${username}”以确认`)
  await name.fill('someone else')
  await page.getByRole('button', { name: '永久删除' }).click()
  await expect(name).toHaveAttribute('aria-invalid', 'true')
  await name.fill(username)
  await page.getByRole('button', { name: '永久删除' }).click()
  await expect(page.getByText('账号已删除')).toBeVisible()
  await page.goto('/login')
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await phone.close()
})
