import { readFile } from 'node:fs/promises'
import { expect, expectNoSidewaysScroll, patient, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register, signInAsAdmin } from './rig/person.ts'
import { addRule } from './rig/replies.ts'
import { apply, csv, upload } from './rig/transfer.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('five thousand rules are imported within five seconds, with a progress bar', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  const rules = Array.from({ length: 5_000 }, (_, n): [string, string, string] => [`关键词${n}`, '全匹配', `回复 ${n}`])
  await page.goto('/replies/import')
  await page.getByLabel('文件', { exact: true }).setInputFiles({ name: '五千条.csv', mimeType: 'text/csv', buffer: csv(rules) })
  const begun = Date.now()
  await page.getByRole('button', { name: '上传并查看差异' }).click()
  await expect(page.getByRole('link', { name: '新增 5000' })).toBeVisible()
  await page.getByRole('button', { name: '导入 5000 处修改' }).click()
  await expect(page.getByRole('progressbar', { name: '正在导入' })).toBeVisible()
  await expect(page.getByText('新增 5000 条，修改 0 条，删除 0 条，马上生效。')).toBeVisible()
  const took = Date.now() - begun
  console.log(`5,000 rules: ${took} ms`)
  expect(took).toBeLessThan(patient(5_000))
  expect(await phone.say('关键词4999')).toBe('回复 4999')
  await phone.close()
})

test('an import is previewed, applied and undone as one change', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '你好', '以前')
  await addRule(page, '多余', '还在')
  await upload(page, '/replies', '规则.csv', csv([['你好', '全匹配', '现在'], ['价格', '半匹配', '一百元'], ['((', '正则', 'x']]))
  await expectNoSidewaysScroll(page)
  await expect(page.getByRole('row', { name: /第 4 行/ })).toBeVisible()
  await page.getByRole('link', { name: /^修改 1$/ }).click()
  await expect(page.getByText('以前')).toBeVisible()
  await expect(page.getByText('现在', { exact: true }).last()).toBeVisible()
  await expectNoSidewaysScroll(page)
  await page.getByRole('link', { name: '删除', exact: true }).click()
  await expect(page.getByText('文件里没有的 1 条规则会被删除。')).toBeVisible()
  await expect(page.getByRole('link', { name: /^删除 1$/ })).toBeVisible()
  await page.getByLabel('跳过有问题的 1 行，导入其余').check()
  await apply(page)
  await expectNoSidewaysScroll(page)
  await expect(page.getByText('新增 1 条，修改 1 条，删除 1 条，马上生效。')).toBeVisible()
  expect(await phone.say('请问价格')).toBe('一百元')
  expect(await phone.say('你好')).toBe('现在')

  await page.getByRole('link', { name: '修改记录' }).last().click()
  await page.getByRole('button', { name: '撤销这次修改' }).first().click()
  await page.goto('/replies')
  await expect(page.getByText('以前')).toBeVisible()
  await expect(page.getByText('还在')).toBeVisible()
  await expect(page.getByText('一百元')).toHaveCount(0)
  await phone.close()
})

test('an unreadable file is explained, and an export can be imported again', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '=1+1', '等于 2')
  await page.goto('/replies/import')
  const file = page.getByLabel('文件', { exact: true })
  await file.setInputFiles({ name: 'noise.csv', mimeType: 'text/csv', buffer: Buffer.from([0xff, 0xff, 0x2c, 0x31]) })
  await page.getByRole('button', { name: '上传并查看差异' }).click()
  await expect(page.getByText('文件不是 UTF-8，也不是 GBK')).toBeVisible()
  await expect(file).toBeFocused()
  // 关键词,回复 / 停车,免费, as a Chinese spreadsheet program saves it.
  const gbk = Buffer.from('b9d8bcfcb4ca2cbbd8b8b40acda3b3b52cc3e2b7d1', 'hex')
  await upload(page, '/replies', 'gbk.csv', gbk)
  await expect(page.getByText('按 GBK 读取')).toBeVisible()
  await expect(page.getByText('停车')).toBeVisible()
  await page.goto('/replies/import')
  for (const format of ['CSV', 'JSON']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: `下载 ${format}` }).click()])
    expect(download.suggestedFilename()).toMatch(/^weida-rules-\d{4}-\d\d-\d\d\.(csv|json)$/)
    const buffer = await readFile(await download.path())
    await upload(page, '/replies', download.suggestedFilename(), buffer)
    await expect(page.getByText('没有要导入的')).toBeVisible()
    await page.goto('/replies/import')
  }
  await phone.close()
})

test('the rules of the platform’s website are imported', async ({ page, weida }) => {
  await signInAsAdmin(page, weida)
  await page.goto('/admin/replies/import')
  await page.getByRole('button', { name: '读取公众号的规则' }).click()
  await expect(page).toHaveURL(/\/import\/\d+$/)
  await expect(page.getByText('公众号后台的规则')).toBeVisible()
  await expect(page.getByRole('link', { name: /^新增 [1-9]/ })).toBeVisible()
})
