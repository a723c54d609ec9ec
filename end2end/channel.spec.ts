import { expect, expectAccessible, expectNoSidewaysScroll, patient, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'
import { addRule } from './rig/replies.ts'
import type { Page } from '@playwright/test'

/** How long the program may take until it notices what happened at the platform. */
const SOON = { timeout: patient(20_000) }

/** Writes to the bot in the phone's own WeChat and waits for so many messages of the bot. */
async function write(own: Page, text: string, answers: number) {
  await own.getByRole('textbox', { name: '要发送的消息' }).fill(text)
  await own.getByRole('button', { name: '发送', exact: true }).click()
  await expect(own.locator('li.said:not(.mine) .bubble')).toHaveCount(answers, SOON)
}

test(
  'a personal WeChat is connected, answers, manages rules, and is connected again',
  { tag: ['@desktop', '@phone'] },
  async ({ page, weida, browser }) => {
    test.setTimeout(patient(120_000))
    const phone = await Phone.open(browser, weida)
    await register(page, phone)
    await page.goto('/replies')
    await addRule(page, '价格', '十元')

    // What it is and is not, before the scan.
    await page.goto('/me')
    await page.getByRole('link', { name: /^个人微信通道/ }).click()
    await expect(page).toHaveURL(/\/me\/wechat$/)
    await expect(page.getByText('它不会替你回复好友，也不进群')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: '扫码连接' }).click()
    await expect(page.getByAltText('连接个人微信的二维码')).toBeVisible(SOON)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)

    // The number of the phone is typed; a wrong one is named.
    const own = phone.page
    await own.goto(own.url().replace('/sandbox', '/sandbox/personal'))
    await own.getByRole('button', { name: /^扫码并核对数字：/ }).first().click()
    const number = (await own.locator('#sandbox-number').innerText()).trim()
    const field = page.getByLabel('手机上显示的数字')
    await expect(field).toBeVisible(SOON)
    await field.fill(number === '11' ? '12' : '11')
    await page.getByRole('button', { name: '提交' }).click()
    await expect(page.getByText('数字不对，请看着手机再输入一次')).toBeVisible(SOON)
    await expectAccessible(page)
    await field.fill(number)
    await page.getByRole('button', { name: '提交' }).click()
    await own.getByRole('button', { name: '连接', exact: true }).click(SOON)
    await expect(page.getByText('已连接').first()).toBeVisible(SOON)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)

    // The own rule answers, and a rule is added in the chat.
    await expect(own.getByRole('textbox', { name: '要发送的消息' })).toBeVisible(SOON)
    await write(own, '价格', 1)
    await expect(own.locator('li.said:not(.mine) .bubble').last()).toHaveText('十元')
    await write(own, '添加 地址=东路一号', 2)
    await write(own, '地址', 3)
    await expect(own.locator('li.said:not(.mine) .bubble').last()).toHaveText('东路一号')
    await expect(page.getByText('收到 3 条，回复 3 条')).toBeVisible(SOON)

    // The token expires: a banner, and a new scan.
    await own.getByRole('button', { name: '令牌失效' }).click()
    await expect(page.getByText('个人微信通道断开了')).toBeVisible(SOON)
    await page.goto('/me')
    await expect(page.getByText('个人微信通道断开了')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('link', { name: '重新扫码', exact: true }).click()
    await page.getByRole('button', { name: '重新扫码' }).first().click()
    await expect(page.getByAltText('连接个人微信的二维码')).toBeVisible(SOON)
    await own.reload()
    await own.getByRole('button', { name: /^扫一扫：/ }).first().click()
    await own.getByRole('button', { name: '连接', exact: true }).click()
    await expect(page.getByText('已连接').first()).toBeVisible(SOON)
    await page.getByRole('link', { name: '断开' }).click()
    await page.getByRole('button', { name: '断开连接' }).click()
    await expect(page.getByRole('button', { name: '扫码连接' })).toBeVisible()
    await phone.close()
  },
)
