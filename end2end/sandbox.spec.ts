import { expect, expectAccessible, expectNoSidewaysScroll, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { goOn } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('a demo user is ready, and scans the code that is named by its purpose', everywhere, async ({ page, newVisitor, newWeida }) => {
  const weida = await newWeida()
  const phone = await newVisitor()
  await phone.goto(`${weida.url}/sandbox`)
  await expect(phone.getByRole('link', { name: /演示用户/ })).toBeVisible()
  await expect(phone.getByRole('button', { name: '关注公众号' })).toBeVisible()
  await expectAccessible(phone)
  await expectNoSidewaysScroll(phone)

  await page.goto(weida.url)
  const name = unique('小红')
  await page.goto(`${weida.url}/register`)
  await page.getByLabel('用户名').fill(name)
  await page.getByLabel('密码').fill('正确的马 电池 订书钉')
  await page.getByRole('button', { name: /下一步|注册/ }).click()
  await page.waitForURL(/\/signin$/)

  await phone.reload()
  const code = phone.locator('#sandbox-codes li')
  await expect(code).toHaveCount(1)
  await expect(code).toContainText(new RegExp(`注册 · ${name} · .*Chrome`))
  await expectAccessible(phone)
  await phone.getByRole('button', { name: new RegExp(`^关注并扫描：注册 · ${name}`) }).click()
  await expect(phone.locator('.bubble').last()).toContainText('注册')
  // Used codes are gone.
  await expect(phone.getByText('现在没有二维码')).toBeVisible()
  await phone.locator('.bubble').last().getByText('是我，注册').click()
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  // Before its program ends.
  await phone.close()
})

test('silence is explained', everywhere, async ({ newWeida, browser }) => {
  const phone = await Phone.open(browser, await newWeida())
  await phone.follow()
  await phone.sayUnanswered('没有规则的话')
  await expect(phone.page.getByText('（没有回复）没有匹配的规则，也没有默认回复')).toBeVisible()
  await phone.page.locator('#sandbox-more > summary').click()
  await phone.page.getByRole('button', { name: '表情' }).click()
  await expect(phone.page.getByText('（没有回复）没有规则回答这类消息')).toBeVisible()
  await expect(phone.page.getByText('还没有菜单规则')).toBeVisible()
  await expectAccessible(phone.page)
  await expectNoSidewaysScroll(phone.page)
  await phone.close()
})
