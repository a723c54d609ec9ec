import { expect, type Page } from '@playwright/test'
import { PASSWORD } from './person.ts'
import { type Weida } from './index.ts'

/** Adds a rule by the line above the list. The page is the list. */
export async function addRule(page: Page, keyword: string, text: string) {
  await page.getByLabel('收到').fill(keyword)
  await page.getByRole('textbox', { name: '回复', exact: true }).fill(text)
  await page.getByRole('button', { name: '添加', exact: true }).click()
  await expect(page.getByText(/规则 \d+ 已添加/)).toBeVisible()
}

/** Whoever came in by the link that opens once; it is the same person for the whole program. */
const admins = new Map<string, string>()

/** Signs in as the administrator of this program. */
export async function beAdmin(page: Page, weida: Weida) {
  const known = admins.get(weida.url)
  if (known) {
    await page.goto('/login')
    await page.getByLabel('用户名').fill(known)
    await page.getByLabel('密码').fill(PASSWORD)
    await page.getByRole('button', { name: '登录', exact: true }).click()
  } else {
    await page.goto(weida.adminLink)
    await page.getByLabel('用户名').fill('guanli')
    await page.getByLabel('密码').fill(PASSWORD)
    await page.locator('main form').getByRole('button').click()
    admins.set(weida.url, 'guanli')
  }
  await expect(page).toHaveURL(/\/me$/)
}
