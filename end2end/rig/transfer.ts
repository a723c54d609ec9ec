import { expect, type Page } from '@playwright/test'

/** A CSV file with these rules: keyword, match type, answer. */
export function csv(rules: [keyword: string, matchType: string, text: string][]): Buffer {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
  return Buffer.from(['关键词,匹配,回复', ...rules.map(rule => rule.map(cell).join(','))].join('\r\n'))
}

/** Uploads a file and opens its preview. */
export async function upload(page: Page, list: string, name: string, buffer: Buffer) {
  await page.goto(`${list}/import`)
  await page.getByLabel('文件', { exact: true }).setInputFiles({ name, mimeType: 'text/csv', buffer })
  await page.getByRole('button', { name: '上传并查看差异' }).click()
  await expect(page).toHaveURL(/\/import\/\d+$/)
}

/** Applies the preview and waits until it is done. */
export async function apply(page: Page) {
  await page.getByRole('button', { name: /^导入 \d+ 处修改$/ }).click()
  await expect(page.getByRole('heading', { name: '导入完成' })).toBeVisible()
}
