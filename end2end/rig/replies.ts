import { expect, type Page } from '@playwright/test'

/** Adds a rule by the form above the list, on the list page. */
export async function addRule(page: Page, keyword: string, text: string) {
  await page.getByLabel('收到').fill(keyword)
  await page.getByRole('textbox', { name: '回复', exact: true }).fill(text)
  await page.getByRole('button', { name: '添加', exact: true }).click()
  await expect(page.getByText(/规则 \d+ 已添加/)).toBeVisible()
}
