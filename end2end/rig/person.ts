import { expect, type Page } from '@playwright/test'
import { test, unique, type Weida } from './index.ts'
import type { Phone } from './phone.ts'

/** A strong password for tests. */
export const PASSWORD = '正确的马 电池 订书钉'

/** Fills in the registration form up to the page that waits for the phone. */
export async function beginRegistration(page: Page, username = unique('u')): Promise<string> {
  await page.goto('/register')
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: /下一步|注册/ }).click()
  await expect(page).toHaveURL(/\/signin$/)
  return username
}

/** Registers a user and ends on the personal page. */
export async function register(page: Page, phone: Phone, username = unique('u')): Promise<string> {
  await beginRegistration(page, username)
  await phone.scanNewest()
  await phone.tap('是我，注册')
  await goOn(page)
  await expect(page).toHaveURL(/\/me$/)
  return username
}

/** Without a script the page needs a click, or reloads itself after some seconds; with a script it continues immediately. */
export async function goOn(page: Page) {
  if (test.info().project.use.javaScriptEnabled !== false) return
  await page
    .getByRole('link', { name: '我已完成，检查一下' })
    .click()
    // The page also reloads itself: it may have continued before the click.
    .catch(error => {
      if (/\/signin$/.test(page.url())) throw error
    })
}

/** Opens the sign-in page with a session that waits: a script begins it, without one a button does. */
export async function beginSignIn(page: Page) {
  await page.goto('/login')
  if (test.info().project.use.javaScriptEnabled === false) await page.getByRole('button', { name: '微信登录' }).click()
  await expect(page.locator('.digits-value').first()).toBeVisible()
}

export async function signOut(page: Page) {
  await page.context().clearCookies()
}

/** Signs a browser in by name and password. */
export async function signIn(page: Page, username: string, password = PASSWORD) {
  await page.goto('/login')
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL(/\/me$/)
}

/** Signs a browser in as a new administrator. */
export async function signInAsAdmin(page: Page, weida: Weida): Promise<string> {
  const [username, password] = await weida.admin(unique('admin'))
  await signIn(page, username, password)
  return username
}
