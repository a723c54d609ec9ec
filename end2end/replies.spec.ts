import { expect, expectNoSidewaysScroll, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'

test('a rule is added, answers, is changed, switched off and deleted', { tag: ['@desktop', '@phone', '@nojs'] }, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await expectNoSidewaysScroll(page)
  await page.getByLabel('关键词', { exact: true }).fill('价格')
  await page.getByLabel('回复内容').fill('一百元 <b>&amp;</b> 😀')
  await page.getByRole('button', { name: '添加' }).click()
  await expect(page.getByText('01').first()).toBeVisible()
  expect(await phone.say('  价格！ ')).toBe('一百元 <b>&amp;</b> 😀')

  await page.getByLabel('关键词', { exact: true }).fill('价格')
  await page.getByLabel('回复内容').fill('重复')
  await page.getByRole('button', { name: '添加' }).click()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await expect(page.getByLabel('回复内容')).toHaveValue('重复')

  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page).toHaveURL(/\/replies/)
  expect(await phone.say('价格')).toBe('两百元')
  await page.goto('/replies/1/delete')
  await page.getByRole('button', { name: '删除' }).click()
  await expect(page).toHaveURL(/\/replies$/)
  await expect(page.getByText('两百元')).toHaveCount(0)
  await phone.putDown()
})
