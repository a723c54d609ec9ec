import { expect, type Page } from '@playwright/test'

/** Adds a rule, on the list page: in its first row; on a phone, which has none, on the page of a new rule. */
export async function addRule(page: Page, keyword: string, text: string) {
  const quick = page.getByLabel('新规则的关键词')
  if (await quick.isVisible()) {
    await quick.fill(keyword)
    await page.getByLabel('新规则的回复').fill(text)
    await page.getByRole('button', { name: '添加' }).click()
  } else {
    await page.goto(`${new URL(page.url()).pathname}/new`)
    await page.getByLabel('关键词', { exact: true }).fill(keyword)
    await page.getByLabel('回复内容').fill(text)
    await saveRule(page)
  }
  await expect(page.getByText(/规则 \d+ 已添加/)).toBeVisible()
}

/** Saves the open editor, whose bar must be in view. */
export async function saveRule(page: Page) {
  const save = page.getByRole('button', { name: '保存规则' }).last()
  await expect(save).toBeInViewport({ ratio: 1 })
  await save.click()
}

/** Acts on a rule: at a desk in its row, on a phone on its own page. */
export async function actOnRule(page: Page, number: number, act: '删除' | '复制') {
  const name = `${act}规则 ${String(number).padStart(2, '0')}`
  const row = page.locator(`#rule-${number}`)
  await row.hover()
  const inRow = row.getByRole(act === '删除' ? 'button' : 'link', { name })
  if (await inRow.isVisible()) return inRow.click()
  await row.getByRole('link').first().click()
  await page.getByRole(act === '删除' ? 'button' : 'link', { name: act === '删除' ? name : '复制这条规则' }).first().click()
}
