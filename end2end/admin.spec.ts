import type { APIRequestContext } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, patient, test, unique, type Weida } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { PASSWORD, register, signIn, signInAsAdmin } from './rig/person.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

/** A token as other programs get one: the user's phone scans and confirms. */
async function tokenOf(phone: Phone, weida: Weida, request: APIRequestContext): Promise<string> {
  const { sessionId } = await (await request.post(`${weida.url}/create_qr`)).json()
  await phone.scanNewest()
  await phone.tap('是我，登录')
  const { token } = await (await request.get(`${weida.url}/poll?id=${sessionId}&wait=10`)).json()
  expect(token).toBeTruthy()
  return token
}

async function isValid(token: string, weida: Weida, request: APIRequestContext): Promise<boolean> {
  return (await (await request.post(`${weida.url}/validate_token`, { data: { token } })).json()).valid
}

/** The time limit for a search among a hundred thousand users, page load included, on a busy machine. */
const SEARCH_MS = 5_000

test('an administrator finds one of a hundred thousand users, changes level and credits, disables and deletes them', everywhere, async ({ page, weida, browser, newVisitor, request }) => {
  test.setTimeout(240_000)
  await weida.crowd(100_000)
  // An ordinary user, signed in in another browser.
  const theirs = await newVisitor()
  const phone = await Phone.open(browser, weida)
  const name = unique('针尖')
  await theirs.goto(weida.url)
  await register(theirs, phone, name)
  await expect(theirs.locator('[data-credits]')).toHaveText('100')
  const token = await tokenOf(phone, weida, request)
  expect(await isValid(token, weida, request)).toBe(true)

  await signInAsAdmin(page, weida)
  await page.getByRole('link', { name: '管理', exact: true }).first().click()
  await expect(page).toHaveURL(/\/admin\/users$/)
  await expect(page.getByText('共 1000')).toBeVisible()
  const begun = Date.now()
  await page.getByRole('searchbox').fill(name.slice(1, -1).toUpperCase())
  await page.getByRole('button', { name: '搜索', exact: true }).click()
  await expect(page.getByText('共 1 位用户')).toBeVisible()
  expect(Date.now() - begun).toBeLessThan(patient(SEARCH_MS))
  await expectNoSidewaysScroll(page)
  await page.getByRole('link', { name }).click()

  await page.getByRole('radio', { name: 'VIP 用户' }).check()
  await page.getByRole('button', { name: '保存等级' }).click()
  await expect(page.getByText('等级已改为 VIP 用户')).toBeVisible()

  // An amount that is too large first: the error is at the field, and the input is kept.
  await page.getByRole('radio', { name: '扣除' }).check()
  await page.getByLabel('数量').fill('101')
  await page.getByLabel('原因', { exact: true }).fill('写错了')
  await page.getByRole('button', { name: '调整积分' }).click()
  await expect(page.getByText('积分不够扣')).toBeVisible()
  await expect(page.getByLabel('原因', { exact: true })).toHaveValue('写错了')
  await page.getByRole('radio', { name: '发放' }).check()
  await page.getByLabel('数量').fill('50')
  await page.getByLabel('原因', { exact: true }).fill('活动奖励')
  await page.getByRole('button', { name: '调整积分' }).click()
  await expect(page.locator('[data-credits]')).toHaveText('150')

  await theirs.reload()
  await expect(theirs.locator('[data-credits]')).toHaveText('150')
  await expect(theirs.getByText('VIP 用户').first()).toBeVisible()
  await theirs.getByRole('link', { name: /积分明细/ }).click()
  await expect(theirs.getByText('活动奖励')).toBeVisible()

  await page.getByRole('link', { name: '停用账号' }).click()
  await expect(page.getByRole('heading', { level: 1, name: `停用${name}？` })).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel('停用原因').fill('刷屏')
  await page.getByRole('button', { name: `停用${name}` }).click()
  await expect(page.getByText(`已停用${name}`)).toBeVisible()
  await expect(page.getByText('这个账号已停用')).toBeVisible()
  await expect(page.getByText('没有登录的浏览器')).toBeVisible()
  // The user's next page is anonymous, and the token is void.
  expect(await isValid(token, weida, request)).toBe(false)
  await theirs.goto(`${weida.url}/me`)
  await expect(theirs).toHaveURL(/\/login/)

  await page.getByRole('button', { name: '启用账号' }).click()
  await expect(page.getByText('这个账号已停用')).toHaveCount(0)
  expect(await isValid(token, weida, request)).toBe(false)
  await theirs.goto(`${weida.url}/me`)
  await expect(theirs).toHaveURL(/\/login/)
  await theirs.goto(weida.url)
  await signIn(theirs, name)

  await page.getByRole('link', { name: '删除用户' }).click()
  await page.getByLabel(`输入“${name}”以确认`).fill('别人')
  await page.getByRole('button', { name: '永久删除这个用户' }).click()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await page.getByLabel(`输入“${name}”以确认`).fill(name)
  await page.getByRole('button', { name: '永久删除这个用户' }).click()
  await expect(page).toHaveURL(/\/admin\/users$/)
  await expect(page.getByText('已删除')).toBeVisible()
  await theirs.goto(`${weida.url}/me`)
  await expect(theirs).toHaveURL(/\/login/)
  await phone.close()
})

test('the list is filtered, ordered and paged by its address', everywhere, async ({ page, weida }) => {
  test.setTimeout(240_000)
  await weida.crowd(100_000)
  await signInAsAdmin(page, weida)
  await page.goto('/admin/users')
  const apply = async () => {
    // With a script a choice is applied immediately.
    if (test.info().project.use.javaScriptEnabled === false) await page.getByRole('button', { name: '搜索', exact: true }).click()
  }
  await page.getByRole('combobox', { name: '等级' }).selectOption('vip')
  await apply()
  await expect(page).toHaveURL(/level=vip/)
  await page.getByRole('combobox', { name: '状态' }).selectOption('off')
  await apply()
  await expect(page).toHaveURL(/state=off/)
  await page.getByRole('combobox', { name: '排序' }).selectOption('id-asc')
  await apply()
  await expect(page).toHaveURL(/sort=id-asc/)
  await expect(page.getByText('超过 1000 位用户')).toBeVisible()
  const names = page.locator('.users tbody th')
  await expect(names).toHaveCount(50)
  await expect(names.first()).toContainText('crowd000049')
  await page.getByRole('link', { name: '下一页' }).click()
  await expect(names.first()).toContainText('crowd002549')
  await page.getByRole('link', { name: '上一页' }).click()
  await expect(names.first()).toContainText('crowd000049')
  await page.getByRole('link', { name: '清除条件' }).click()
  await expect(page).toHaveURL(/\/admin\/users$/)

  await page.goto('/admin/users?q=没有这个人')
  await expect(page.getByRole('heading', { name: '没有符合条件的用户' })).toBeVisible()
})

test('a promotion and a dismissal ask with the name of the user', everywhere, async ({ page, weida, browser, newVisitor }) => {
  const theirs = await newVisitor()
  const phone = await Phone.open(browser, weida)
  // It ends with a Latin letter or digit, which stands apart from Chinese.
  const name = unique('新人')
  await theirs.goto(weida.url)
  await register(theirs, phone, name)
  await signInAsAdmin(page, weida)
  await page.goto(`/admin/users?q=${name}`)
  await page.getByRole('link', { name }).click()
  await page.getByRole('link', { name: '设为管理员' }).click()
  await expect(page.getByRole('heading', { level: 1, name: `把${name} 设为管理员？` })).toBeVisible()
  await expectNoSidewaysScroll(page)
  await page.getByRole('link', { name: '取消' }).click()
  await expect(page.getByRole('link', { name: '设为管理员' })).toBeVisible()
  await page.getByRole('link', { name: '设为管理员' }).click()
  await page.getByRole('button', { name: `把${name} 设为管理员` }).click()
  await expect(page.getByText(`${name} 已设为管理员`)).toBeVisible()
  // The log says so in words.
  await expect(page.getByRole('row', { name: /修改角色.*普通用户 → 管理员/ })).toBeVisible()
  await page.getByRole('link', { name: '撤销管理员' }).click()
  await page.getByRole('button', { name: `撤销${name} 的管理员身份` }).click()
  await expect(page.getByText(`已撤销${name} 的管理员身份`)).toBeVisible()
  await phone.close()
})

test('only administrators see the console', async ({ page, weida, browser, complaints, newVisitor }) => {
  complaints.expect(/403/)
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  for (const path of ['/admin', '/admin/users', '/admin/users/1001']) {
    expect((await page.goto(path))!.status(), path).toBe(403)
  }
  await expect(page.getByRole('link', { name: '管理', exact: true })).toHaveCount(0)
  const anonymous = await newVisitor()
  await anonymous.goto(`${weida.url}/admin/users`)
  await expect(anonymous).toHaveURL(/\/login\?next=%2Fadmin%2Fusers/)
  await phone.close()
})

test('one key focuses the search', async ({ page, weida }) => {
  await weida.crowd(100_000)
  await signInAsAdmin(page, weida)
  await page.goto('/admin/users')
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('crowd099999')
  await page.keyboard.press('Enter')
  await expect(page.getByText('共 1 位用户')).toBeVisible()
  await expect(page).toHaveURL(/\/admin\/users\?q=crowd099999$/)
  await expectAccessible(page)
})

test('the printed setup link creates the first administrator, once', async ({ page, complaints, newWeida }) => {
  const weida = await newWeida()
  await page.goto(weida.adminLink)
  await page.getByLabel('用户名').fill('guanli')
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '创建并登录' }).click()
  await expect(page).toHaveURL(`${weida.url}/admin/start`)
  await page.goto(`${weida.url}/admin/users`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  complaints.expect(/403/)
  await page.goto(weida.adminLink)
  await expect(page.getByLabel('用户名')).toHaveCount(0)
  await expect(page.getByRole('link', { name: '登录' }).first()).toBeAttached()
})
