import type { Page } from '@playwright/test'
import { Phone } from './phone.ts'
import { beginRegistration, beginSignIn, goOn, register, signInAsAdmin, signOut } from './person.ts'
import { actOnRule, addRule } from './replies.ts'
import { csv, upload } from './transfer.ts'
import { unique, type Weida } from './index.ts'

/** Brings the browser into a state. Returns the values for the `:name`s in the paths. */
type State = (page: Page, weida: Weida) => Promise<Record<string, string> | void>

/** Registers a user with rules. Returns the user's phone. */
async function registered(page: Page, weida: Weida): Promise<Phone> {
  const phone = await Phone.open(page.context().browser()!, weida)
  await register(page, phone, unique('小微'))
  await page.goto('/replies')
  await addRule(page, '价格', '一百元一位，学生半价。\n地址：人民路 1 号')
  await addRule(page, '营业时间', '周一至周五 9:00–18:00')
  await page.goto('/replies/1')
  await page.getByRole('button', { name: '再加一个关键词' }).click()
  await page.getByLabel('关键词 2', { exact: true }).fill('多少钱')
  await page.getByLabel('关键词 2 的匹配方式').selectOption('contains')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  return phone
}

/** The last part of a link's address. */
const target = async (page: Page, link: string): Promise<string> =>
  (await page.getByRole('link', { name: link }).first().getAttribute('href'))!.split('/').at(-1)!

/** A user with rules, at the preview of an import. */
const member: State = async (page, weida) => {
  await (await registered(page, weida)).close()
  const rules: [string, string, string][] = [
    ['营业时间', '全匹配', '每天 9:00–21:00'],
    ['停车', '半匹配', '地下一层，前两小时免费。'],
    ['((', '正则', 'x'],
  ]
  await upload(page, '/replies', '门店的规则.csv', csv(rules))
  return { job: new URL(page.url()).pathname.split('/').at(-1)! }
}

/** A user with a deleted rule and with answered and unanswered messages. */
const asking: State = async (page, weida) => {
  const phone = await registered(page, weida)
  for (const said of ['价格', '价格！', '可以开发票吗', '可以开发票吗？', '在吗', '周末营业时间']) await phone.send(said)
  await phone.close()
  await page.goto('/replies')
  await actOnRule(page, 2, '删除')
  await page.goto('/replies/history')
  const change = await target(page, '规则 02 · 营业时间')
  await page.goto('/replies/messages')
  return { change, message: await target(page, '为什么') }
}

/** An administrator with a rule of the account. */
const accountAdmin: State = async (page, weida) => {
  await signInAsAdmin(page, weida)
  await page.goto('/admin/replies')
  if ((await page.getByText('营业时间').count()) > 0) return
  await addRule(page, '营业时间', '周一至周五 9:00–18:00')
}

/** A user who signed in by WeChat after registering in another session. */
const reviewer: State = async (page, weida) => {
  const phone = await registered(page, weida)
  await signOut(page)
  await beginSignIn(page)
  await phone.scanNewest()
  await phone.say('1')
  await goOn(page)
  await page.waitForURL(/\/me\/review$/)
  await phone.close()
}

/** A visitor whose registration waits for the phone. */
const waiting: State = async page => {
  await beginRegistration(page)
}

/** A phone with an answered message. */
const chatting: State = async (page, weida) => {
  const phone = await Phone.open(page.context().browser()!, weida)
  await phone.follow()
  await phone.say('帮助')
  const query = new URL(phone.page.url()).search.slice(1)
  await phone.close()
  return { query }
}

/** A phone with an open registration question. */
const questioned: State = async (page, weida) => {
  const phone = await Phone.open(page.context().browser()!, weida)
  await beginRegistration(page, unique('小满'))
  await phone.scanNewest()
  await phone.bubbles.last().waitFor()
  const query = new URL(phone.page.url()).search.slice(1)
  await phone.close()
  return { query }
}

/** An administrator with many users, who has just changed a user's level and credits. */
const userAdmin: State = async (page, weida) => {
  await weida.crowd(100)
  await (await registered(page, weida)).close()
  await page.goto('/me')
  const user = await page.locator('[data-user-id]').innerText()
  await signOut(page)
  await signInAsAdmin(page, weida)
  await page.goto(`/admin/users/${user}`)
  await page.getByRole('radio', { name: '高级用户' }).check()
  await page.getByRole('button', { name: '保存等级' }).click()
  await page.getByLabel('数量').fill('50')
  await page.getByLabel('原因').first().fill('活动奖励')
  await page.getByRole('button', { name: '调整积分' }).click()
  return { user }
}

/** All pages by visitor, for the accessibility tests and the screenshots. */
export const visits: { visitor: string; as?: State; paths: string[] }[] = [
  {
    visitor: 'anyone',
    paths: ['/', '/register', '/login', '/forgot', '/docs', '/docs/follow', '/sandbox', '/setup?key=spent', '/no-such-page'],
  },
  { visitor: 'a waiting visitor', as: waiting, paths: ['/signin'] },
  { visitor: 'a phone', as: chatting, paths: ['/sandbox?:query'] },
  { visitor: 'a phone with a question', as: questioned, paths: ['/sandbox?:query', '/signin'] },
  { visitor: 'a reviewer', as: reviewer, paths: ['/me/review'] },
  {
    visitor: 'a user',
    as: member,
    paths: [
      '/me',
      '/me/profile',
      '/me/linked',
      '/me/password',
      '/me/devices',
      '/me/credits',
      '/me/usage',
      '/me/wechat',
      '/me/delete',
      '/replies',
      '/replies?edit=1',
      '/replies/1',
      '/replies/new',
      '/replies/several',
      '/replies/bench',
      '/replies/bench?say=请问多少钱',
      '/replies/import',
      '/replies/import/:job',
      '/replies/import/:job?part=changed&mode=replace',
    ],
  },
  {
    visitor: 'a user with history',
    as: asking,
    paths: [
      '/replies/history',
      '/replies/1/history',
      '/replies/history/:change',
      '/replies/unanswered',
      '/replies/messages',
      '/replies/messages/:message',
      '/replies/numbers',
      '/replies/numbers?rule=1&days=30',
    ],
  },
  {
    visitor: 'an administrator of the account',
    as: accountAdmin,
    paths: [
      '/admin/replies',
      '/admin/replies/new?cause=kind',
      '/admin/replies/bench?say=营业时间',
      '/admin/replies/import',
      '/admin/start',
      '/admin/connect',
      '/admin/doctor',
      '/admin/settings',
      '/admin/codes',
      '/admin/codes/new',
    ],
  },
  {
    visitor: 'an administrator of users',
    as: userAdmin,
    paths: ['/admin/users?q=crowd00000', '/admin/users?q=no-such-user', '/admin/users/:user', '/admin/users/:user/delete', '/admin/users/:user/disable', '/admin/users/:user/promote'],
  },
]

/** The path with its `:names` filled in. */
export function filled(path: string, values: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? fail(`${path}: no ${name}`))
}

function fail(message: string): never {
  throw new Error(message)
}
