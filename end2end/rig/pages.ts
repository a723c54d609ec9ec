import type { Page } from '@playwright/test'
import { Phone } from './phone.ts'
import { beginRegistration, register, signInAsAdmin, signOut } from './person.ts'
import { addRule, beAdmin } from './replies.ts'
import { csv, upload } from './transfer.ts'
import { unique, type Weida } from './index.ts'

/** Brings the browser into the state that a page needs; may say where the page is then. */
type State = (page: Page, weida: Weida) => Promise<string | void>

/** Somebody who is signed in, with a rule of their own. */
const member: State = async (page, weida) => {
  const phone = await Phone.pickUp(page.context().browser()!, weida)
  await register(page, phone, unique('小微'))
  await page.goto('/replies')
  await addRule(page, '价格', '一百元一位，学生半价。\n地址：人民路 1 号')
  await addRule(page, '营业时间', '周一至周五 9:00–18:00')
  await page.goto('/replies/1')
  await page.getByRole('button', { name: '再加一个关键词' }).click()
  await page.getByLabel('关键词 2', { exact: true }).fill('多少钱')
  await page.getByLabel('关键词 2 的匹配方式').selectOption('contains')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await phone.putDown()
}

/** Somebody whose rule is open in the list. */
const editing: State = async (page, weida) => {
  await member(page, weida)
  return '/replies?edit=1'
}

/** Somebody who has deleted a rule, and looks at that. */
const deleted: State = async (page, weida) => {
  await member(page, weida)
  await page.goto('/replies')
  await page.getByRole('button', { name: '删除规则 02' }).click()
  await page.goto('/replies/history')
  return new URL((await page.getByRole('link', { name: '查看' }).first().getAttribute('href'))!, weida.url).pathname
}

/** The administrator, with a rule of the account. */
const keeper: State = async (page, weida) => {
  await beAdmin(page, weida)
  await page.goto('/admin/replies')
  if ((await page.getByText('营业时间').count()) > 0) return
  await addRule(page, '营业时间', '周一至周五 9:00–18:00')
}

/** Somebody whose messages were answered, or not. */
const asking: State = async (page, weida) => {
  const phone = await Phone.pickUp(page.context().browser()!, weida)
  await register(page, phone, unique('小微'))
  await page.goto('/replies')
  await addRule(page, '价格', '一百元一位，学生半价。')
  for (const said of ['价格', '价格！', '可以开发票吗', '可以开发票吗？', '在吗', '周末营业时间']) await phone.tell(said)
  await phone.putDown()
}

/** The page of one of those messages. */
const asked: State = async (page, weida) => {
  await asking(page, weida)
  await page.goto('/replies/messages')
  return new URL((await page.getByRole('link', { name: '为什么' }).last().getAttribute('href'))!, weida.url).pathname
}

/** Somebody who looks at what a file would change. */
const importing: State = async (page, weida) => {
  await member(page, weida)
  const rules: [string, string, string][] = [
    ['营业时间', '全匹配', '每天 9:00–21:00'],
    ['停车', '半匹配', '地下一层，前两小时免费。'],
    ['((', '正则', 'x'],
  ]
  await upload(page, '/replies', '门店的规则.csv', csv(rules))
  return new URL(page.url()).pathname
}

/** Somebody whose phone is awaited. */
const waiting: State = async page => {
  await beginRegistration(page)
}

/** A phone that has said something. */
const chatting: State = async (page, weida) => {
  const phone = await Phone.pickUp(page.context().browser()!, weida)
  await phone.follow()
  await phone.say('帮助')
  const { pathname, search } = new URL(phone.page.url())
  await phone.putDown()
  return pathname + search
}

/** An administrator among many people. */
const admin: State = async (page, weida) => {
  await weida.crowd(100)
  await signInAsAdmin(page, weida)
}

/** An administrator who looks at somebody: signed in elsewhere, with a rule, whose level and credits were changed. */
const overseer: State = async (page, weida) => {
  await member(page, weida)
  await page.goto('/me')
  const id = await page.locator('[data-user-id]').innerText()
  await signOut(page)
  await signInAsAdmin(page, weida)
  const path = `/admin/users/${id}`
  await page.goto(path)
  await page.getByRole('radio', { name: '高级用户' }).check()
  await page.getByRole('button', { name: '保存等级' }).click()
  await page.getByLabel('数量').fill('50')
  await page.getByLabel('原因').first().fill('活动奖励')
  await page.getByRole('button', { name: '调整积分' }).click()
  return path
}

/** The same, about to delete. */
const deleter: State = async (page, weida) => `${await overseer(page, weida)}/delete`

/** The pages that pictures are taken of, unless others are named: `cargo xtask shots / /sandbox`. */
export const pages: { path: string; as?: State }[] = [
  { path: '/' },
  { path: '/register' },
  { path: '/login' },
  { path: '/forgot' },
  { path: '/signin', as: waiting },
  { path: '/me', as: member },
  { path: '/me/delete', as: member },
  { path: '/replies', as: member },
  { path: '/replies?edit=1', as: editing },
  { path: '/replies/1', as: member },
  { path: '/replies/new', as: member },
  { path: '/replies/several', as: member },
  { path: '/replies/history', as: member },
  { path: '/replies/1/history', as: member },
  { path: '/replies/history/one', as: deleted },
  { path: '/replies/bench', as: member },
  { path: '/replies/bench?say=请问多少钱', as: member },
  { path: '/replies/unanswered', as: asking },
  { path: '/replies/messages', as: asking },
  { path: '/replies/messages/one', as: asked },
  { path: '/replies/numbers', as: asking },
  { path: '/replies/numbers?rule=1&days=30', as: asking },
  { path: '/replies/import', as: member },
  { path: '/replies/import/one', as: importing },
  { path: '/replies/import/changed', as: async (page, weida) => `${await importing(page, weida)}?part=changed&mode=replace` },
  { path: '/admin/replies/bench?say=营业时间', as: keeper },
  { path: '/admin/replies/import', as: keeper },
  { path: '/admin/replies', as: keeper },
  { path: '/admin/replies/new?cause=kind', as: keeper },
  { path: '/docs' },
  { path: '/admin/users?q=crowd00000', as: admin },
  { path: '/admin/users?q=nobody-at-all', as: admin },
  { path: '/admin/users/1', as: overseer },
  { path: '/admin/users/1/delete', as: deleter },
  { path: '/sandbox' },
  { path: '/sandbox/chat', as: chatting },
  { path: '/setup?key=spent' },
  { path: '/no-such-page' },
]
