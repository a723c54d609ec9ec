import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './index.ts'
import { Phone } from './phone.ts'
import { beginRegistration, signInAsAdmin } from './person.ts'
import { apply, csv, upload } from './transfer.ts'

/** The pictures of the README: `cargo xtask shots docs`. */
const DIRECTORY = resolve(import.meta.dirname, '../../docs/screenshots')

/** The rules of a shop. */
const RULES: [keyword: string, matchType: string, text: string][] = [
  ['营业时间', '半匹配', '周一至周五 9:00–18:00，周六 10:00–16:00。'],
  ['价格', '全匹配', '单次体验 100 元，学生半价。回复「会员」看会员价。'],
  ['会员', '半匹配', '{{nickname}}，月卡 299 元，季卡 799 元，送一次体验。'],
  ['停车', '半匹配', '地下一层停车，凭小票免费两小时。'],
  ['地址', '半匹配', '人民路 1 号，地铁 2 号线人民广场站 3 号口步行 200 米。'],
  ['发票', '半匹配', '请发送：开票 + 抬头 + 税号，当天发到邮箱。'],
  ['开票(.+)', '正则', '收到，抬头是{{1}}，稍后由同事核对。'],
  ['Wi-Fi', '半匹配', '店内无线网络 weida-guest，密码 12345678。'],
  ['退款', '半匹配', '未使用的订单 7 天内可退，请发送订单号。'],
  ['招聘', '半匹配', '店员、咖啡师招聘中，简历发 hr@example.com。'],
  ['你好', '全匹配', '你好，{{nickname}}！想了解什么？营业时间、价格、地址都可以问。'],
  ['活动', '半匹配', '本周六下午 3 点手冲品鉴，名额 12 人，回复「报名」。'],
]

async function shot(page: Page, name: string) {
  await page.evaluate(() => document.fonts.ready)
  await page.waitForFunction(() => [...document.images].every(image => image.complete && image.naturalWidth > 0))
  await page.screenshot({ path: `${DIRECTORY}/${name}.png`, animations: 'disabled' })
}

const isPhone = () => (test.info().project.use.viewport?.width ?? 0) < 600

/** An administrator whose account has the rules of a shop. */
async function shop(page: Page, weida: Parameters<typeof signInAsAdmin>[1]) {
  await signInAsAdmin(page, weida)
  await page.goto('/admin/replies')
  if ((await page.locator('[data-row]').count()) > 0) return
  await upload(page, '/admin/replies', '店铺.csv', csv(RULES))
  await apply(page)
}

test('the account answers, in pictures', async ({ page, weida, browser, newVisitor, complaints }) => {
  test.setTimeout(180_000)
  complaints.expect(/./)
  const device = isPhone() ? 'phone' : 'desk'
  const visitor = await newVisitor()
  await visitor.goto(weida.url)
  await shot(visitor, `${device}-home`)
  await visitor.goto(`${weida.url}/login`)
  await expect(visitor.locator('.digits-value').first()).toBeVisible()
  await shot(visitor, `${device}-sign-in`)

  await shop(page, weida)
  const phone = await Phone.open(browser, weida)
  await phone.follow()
  for (const said of ['营业时间', '价格', '会员', '停车吗', '可以开发票吗', '周末几点关门', '有停车场吗', '价格', '活动', '宠物能进吗']) await phone.send(said)
  if (isPhone()) {
    await beginRegistration(visitor, '小满')
    await shot(visitor, 'phone-register')
    await phone.scanNewest()
    await phone.bubbles.last().waitFor()
    await phone.page.setViewportSize(visitor.viewportSize()!)
    await phone.page.reload()
    await phone.bubbles.last().evaluate(bubble => bubble.scrollIntoView({ block: 'end' }))
    await shot(phone.page, 'phone-chat')
    await phone.tap('是我，注册')
    await expect(visitor).toHaveURL(/\/me$/)
    await shot(visitor, 'phone-me')
    await page.goto('/admin/replies')
    await shot(page, 'phone-rules')
  } else {
    await page.goto('/admin/replies')
    await shot(page, 'desk-rules')
    await page.goto('/admin/replies?edit=2')
    await shot(page, 'desk-editor')
    await page.goto('/admin/replies/numbers')
    await shot(page, 'desk-statistics')
    await page.goto('/admin/replies/unanswered')
    await shot(page, 'desk-unanswered')
  }
  await phone.close()
})
