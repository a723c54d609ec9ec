import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { APIRequestContext, Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, hasScript, test, type Weida } from './rig/index.ts'
import { PASSWORD } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }
const APPID = 'wx0123456789abcdef'

/** WeChat, as far as this journey needs it: it verifies the address and sends an encrypted message. */
class WeChat {
  constructor(
    private readonly weida: Weida,
    private readonly request: APIRequestContext,
    private readonly token: string,
    private readonly aesKey: string,
  ) {}

  async verify(): Promise<string> {
    const answer = await this.request.get(this.address({ ...this.signed(), echostr: '4375120948345356249' }))
    return answer.ok() ? await answer.text() : `${answer.status()}`
  }

  async say(content: string): Promise<number> {
    const now = Math.floor(Date.now() / 1000)
    const fields = [
      '<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oFirstFollower]]></FromUserName>',
      `<CreateTime>${now}</CreateTime><MsgType><![CDATA[text]]></MsgType>`,
      `<Content><![CDATA[${content}]]></Content><MsgId>${now}0000001</MsgId>`,
    ]
    const encrypt = this.encrypted(`<xml>${fields.join('')}</xml>`)
    const query = this.signed()
    const msg_signature = sign(this.token, query.timestamp, query.nonce, encrypt)
    const data = `<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`
    const url = this.address({ ...query, encrypt_type: 'aes', msg_signature })
    return (await this.request.post(url, { data, headers: { 'content-type': 'text/xml' } })).status()
  }

  private address(query: Record<string, string>): string {
    return `${this.weida.url}/api/v1/auth/wechat/verify?${new URLSearchParams(query)}`
  }

  private signed() {
    const [timestamp, nonce] = [`${Math.floor(Date.now() / 1000)}`, randomBytes(6).toString('hex')]
    return { signature: sign(this.token, timestamp, nonce), timestamp, nonce }
  }

  private encrypted(document: string): string {
    const key = Buffer.from(`${this.aesKey}=`, 'base64')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(document))
    const plain = Buffer.concat([randomBytes(16), length, Buffer.from(document), Buffer.from(APPID)])
    const missing = 32 - (plain.length % 32)
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(missing, missing)])), cipher.final()]).toString('base64')
  }
}

function sign(...parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex')
}

/** The page shows it by itself; without a script it is asked with the button. */
async function expectState(page: Page, title: string) {
  if (!hasScript()) await page.getByRole('link', { name: '检查一下' }).click()
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
}

async function setUp(page: Page, weida: Weida) {
  await page.goto(weida.adminLink)
  await page.getByLabel('用户名').fill('root')
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: '创建并登录' }).click()
  await expect(page).toHaveURL(/\/admin\/start$/)
  await page.goto(`${weida.url}/admin/connect`)
  await expect(page.getByRole('heading', { name: '现在用的是沙箱' })).toBeVisible()
}

test('from the first start to the first message of a connected account', everywhere, async ({ page, newWeida, request }) => {
  test.setTimeout(120_000)
  const weida = await newWeida()
  await setUp(page, weida)
  await expect(page.getByText('微信会停用公众平台里的自动回复和自定义菜单')).toBeVisible()
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)

  // A wrong AppID first: the error is at the field.
  await page.getByLabel('AppID').fill('gh_0123456789ab')
  await page.getByLabel('AppSecret', { exact: true }).fill('0123456789abcdef0123456789abcdef')
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByText('AppID 以 wx 开头')).toBeVisible()
  await page.getByLabel('AppID').fill(APPID)
  await page.getByLabel('AppSecret', { exact: true }).fill('0123456789abcdef0123456789abcdef')
  await page.getByRole('button', { name: '保存', exact: true }).click()

  // What the sandbox loses is listed before anything happens.
  await expect(page.getByRole('heading', { name: '还差一步：停用沙箱' })).toBeVisible()
  await expect(page.getByText('沙箱里的微信用户')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: '停用沙箱并连接' }).click()
  await expect(page.getByRole('heading', { name: '等微信来验证' })).toBeVisible()
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)

  const value = (name: string) => page.getByLabel(name).inputValue()
  const [url, token, key] = [await value('服务器地址 URL'), await value('令牌 Token'), await value('消息加解密密钥 EncodingAESKey')]
  expect(url).toBe(`${weida.url}/api/v1/auth/wechat/verify`)
  const wechat = new WeChat(weida, request, token, key)
  expect(await wechat.verify()).toBe('4375120948345356249')
  await expectState(page, '验证通过，再发一条消息试试')
  await expect(page.getByText(token)).toHaveCount(0)
  expect(await wechat.say('在吗')).toBe(200)
  await expectState(page, '连上了')
  await expect(page.getByText('在吗', { exact: true })).toBeVisible()
  await expect(page.getByRole('link', { name: '导入公众平台里原来的规则' })).toBeVisible()
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)

  // The sandbox is gone, and the account can be disconnected again.
  expect((await request.get(`${weida.url}/sandbox`)).status()).toBe(404)
  await page.getByRole('link', { name: '断开公众号' }).click()
  await page.getByRole('button', { name: '断开', exact: true }).click()
  await expect(page.getByRole('heading', { name: '还没有连接公众号' }).first()).toBeVisible()
  expect(await wechat.verify()).toBe('404')
})
