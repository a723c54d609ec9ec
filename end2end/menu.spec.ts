import { expect, expectAccessible, test, unique } from './rig/index.ts'
import { register, signInAsAdmin } from './rig/person.ts'
import { Phone } from './rig/phone.ts'
import { addRule } from './rig/replies.ts'

test('every place is a few letters away', async ({ page, browser, weida }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone, unique('menu'))
  await phone.putDown()
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

  // What is no place is looked for.
  await page.getByRole('button', { name: '跳转' }).click()
  await page.keyboard.type('c++ & co')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/replies\?q=c%2B%2B\+%26\+co$/)
  await expect(page.getByRole('searchbox')).toHaveValue('c++ & co')

  // Escape leaves everything as it was.
  await page.keyboard.press('Control+k')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()
  await expect(page).toHaveURL(/q=c/)
})

test('an administrator gets to the console and to users by it', async ({ page, weida }) => {
  const name = await signInAsAdmin(page, weida)
  await page.keyboard.press('Control+k')
  await page.keyboard.type(name)
  await page.getByRole('option', { name: `找用户“${name}”` }).click()
  await expect(page).toHaveURL(/\/admin\/users\?q=/)
  await expect(page.getByRole('link', { name })).toBeVisible()
})
