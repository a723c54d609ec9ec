import { expect, expectAccessible, test, unique } from './rig/index.ts'
import { register, signInAsAdmin } from './rig/person.ts'
import { Phone } from './rig/phone.ts'
import { addRule } from './rig/replies.ts'

test('the command menu opens pages and searches rules', async ({ page, browser, weida }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone, unique('menu'))
  await phone.close()
  await page.goto('/replies')
  await addRule(page, 'c++ & co', '周一')
  await page.keyboard.press('Control+k')
  const menu = page.getByRole('dialog', { name: '快速跳转' })
  await expect(menu).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.type('导入')
  await expect(menu.getByRole('option')).toHaveText([/导入导出/, /在我的规则里找“导入”/])
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/replies\/import$/)

  // A text that names no page is searched for.
  await page.getByRole('button', { name: '跳转' }).click()
  await page.keyboard.type('c++ & co')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/replies\?q=c%2B%2B\+%26\+co$/)
  await expect(page.getByRole('searchbox')).toHaveValue('c++ & co')

  // Escape changes nothing.
  await page.keyboard.press('Control+k')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()
  await expect(page).toHaveURL(/q=c/)
})

test('an administrator finds users by the command menu', async ({ page, weida }) => {
  const name = await signInAsAdmin(page, weida)
  await page.keyboard.press('Control+k')
  await page.keyboard.type(name)
  await page.getByRole('option', { name: `找用户“${name}”` }).click()
  await expect(page).toHaveURL(/\/admin\/users\?q=/)
  await expect(page.getByRole('link', { name })).toBeVisible()
})
