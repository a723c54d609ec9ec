import type { Page } from '@playwright/test'
import { Phone } from './phone.ts'
import { beginRegistration, register } from './person.ts'
import { unique, type Weida } from './index.ts'

/** Brings the browser into the state that a page needs; may say where the page is then. */
type State = (page: Page, weida: Weida) => Promise<string | void>

/** Somebody who is signed in, with a rule of their own. */
const member: State = async (page, weida) => {
  const phone = await Phone.pickUp(page.context().browser()!, weida)
  await register(page, phone, unique('小微'))
  await page.goto('/replies')
  await page.getByLabel('关键词', { exact: true }).fill('价格\n多少钱')
  await page.getByLabel('回复内容').fill('一百元一位，学生半价。\n地址：人民路 1 号')
  await page.getByRole('button', { name: '添加' }).click()
  await phone.putDown()
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
  { path: '/replies/1', as: member },
  { path: '/sandbox' },
  { path: '/sandbox/chat', as: chatting },
  { path: '/setup?key=spent' },
  { path: '/no-such-page' },
]
