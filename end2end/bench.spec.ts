import { expect, expectNoSidewaysScroll, test } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register, signInAsAdmin } from './rig/person.ts'
import { actOnRule, addRule, saveRule } from './rig/replies.ts'
import { apply, csv, upload } from './rig/transfer.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

/** Rules of every match type, and fifty messages in different notations that match some rule or none. */
const RULES: [string, string, string][] = [
  ['hello', '全匹配', '你好，{{nickname}}！'],
  ['价格', '半匹配', '一百元一位'],
  ['价格表', '全匹配', '见 <a href="https://weida.example/p">价格表</a>'],
  ['预约', '开头匹配', '请说时间，例如“预约 明天”'],
  ['订单(\\d+)', '正则', '订单 {{1}} 已发货'],
  ['谢谢', '半匹配', '不客气 😀'],
  ['c++', '全匹配', '<b>C++ &amp; Rust</b>'],
  ['你说', '开头匹配', '你说：{{keyword}}'],
]
const MESSAGES = [
  ['hello', 'Hello', 'ＨＥＬＬＯ', ' hello ', 'hello!', 'Ｈｅｌｌｏ！', 'helloo', 'say hello'],
  ['价格', '我想查价格', '价格表', '价 格', '价格表！', '价', '最新价格表呢', '價格', '价格？？', '价格价格'],
  ['预约', '预约 明天', '我要预约', '预约！', '预约谢谢', '谢谢预约', '预', '谢谢', '多谢谢了', '谢 谢'],
  ['订单12', '订单１２', '订单 12', '订单', '查订单007谁', '订单12订单13', '谢谢订单9', '价格订单9', '订单a', '订单-1'],
  ['c++', 'C++', 'Ｃ＋＋', 'c+', '你说', '你说 "什么"', '你说<i>', '你说价格', '帮助', 'help', '我的', '😀'],
].flat()

test('the test bench answers fifty messages as the chat does', async ({ page, weida, browser, newVisitor }) => {
  test.setTimeout(240_000)
  expect(MESSAGES).toHaveLength(50)
  // A default reply, because the test cannot wait for silence.
  const admin = await newVisitor()
  await signInAsAdmin(admin, weida)
  await admin.goto('/admin/replies/new?cause=default')
  await admin.getByLabel('回复内容').fill('没听懂，{{nickname}}')
  await saveRule(admin)
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await upload(page, '/replies', 'rules.csv', csv(RULES))
  await apply(page)
  await page.goto('/replies/bench')
  const answers = page.locator('.bench li.said:not(.mine) .bubble')
  for (const message of MESSAGES) {
    const before = await answers.count()
    await page.getByLabel('要试的消息').fill(message)
    await page.getByLabel('要试的消息').press('Enter')
    await expect(answers, message).toHaveCount(before + 1)
    expect(await phone.say(message), message).toBe((await answers.last().innerText()).trim())
  }
  await phone.close()
  // All tests share the account: remove the default reply.
  await admin.goto('/admin/replies?q=没听懂')
  await actOnRule(admin, Number((await admin.locator('[data-row]').first().getAttribute('data-row'))!), '删除')
  await expect(admin.getByText(/规则 \d+ 已删除/)).toBeVisible()
})

test('the test bench shows for every matching rule why it answers or not', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  await page.goto('/replies/1')
  await page.getByLabel('关键词 1 的匹配方式').or(page.getByLabel('匹配方式')).first().selectOption('contains')
  await saveRule(page)
  await page.goto('/replies')
  await addRule(page, '价格表', '见附件')

  await page.goto('/replies/bench')
  await expectNoSidewaysScroll(page)
  await page.getByLabel('要试的消息').fill(' 价格表！')
  await page.getByRole('button', { name: '发送', exact: true }).click()
  await expect(page.locator('.bench .said .bubble').last()).toHaveText('见附件')
  const why = page.getByRole('list', { name: '匹配的规则' })
  await expect(why.getByRole('listitem').filter({ hasText: '我的规则 02' })).toContainText('由它回答')
  await expect(why.getByRole('listitem').filter({ hasText: '我的规则 01' })).toContainText('规则 02 匹配得更准')
  await expectNoSidewaysScroll(page)
  if (page.viewportSize()!.width > 1000) {
    // The rule that answers is lit in the list.
    await expect(page.locator('.bench-rules .is-lit')).toHaveText(/^02价格表全由它回答$/)
    await expect(page.locator('.bench-rules .is-lit')).toBeInViewport()
  }
  // What nearly matches is named, with the change that is missing.
  await page.getByLabel('要试的消息').fill('有价格表吗')
  await page.getByRole('button', { name: '发送', exact: true }).click()
  const near = page.locator('.near > li')
  await expect(near).toContainText('半匹配会命中“价格表”')
  await near.getByRole('button', { name: '改成半匹配' }).click()
  await expect(page.getByText('规则 02 已保存')).toBeVisible()
  await expect(page.locator('.why-lead')).toContainText('我的规则 01 回答')
  await expect(page.locator('.near')).toHaveCount(0)

  await page.getByRole('button', { name: '关注', exact: true }).click()
  await expect(page.getByText('关注了公众号')).toBeVisible()
  await expect(page.locator('.bench-why').getByText('被关注回复')).toBeVisible()
  await page.getByLabel('要试的消息').fill('帮助')
  await page.getByRole('button', { name: '发送', exact: true }).click()
  await expect(page.locator('.bench-why').getByText('聊天命令“帮助”')).toBeVisible()

  // A real message has the same explanation.
  await phone.say('最新价格表呢')
  await page.goto('/replies/messages')
  await expectNoSidewaysScroll(page)
  await page.getByRole('row', { name: /最新价格表呢/ }).getByRole('link', { name: '为什么' }).click()
  await expect(page.getByRole('row', { name: /我的规则 01.*由它回答/ })).toBeVisible()
  await expectNoSidewaysScroll(page)

  // The message was counted.
  await page.goto('/replies/numbers')
  await expect(page.getByRole('row', { name: /^01.*价格/ })).toHaveCount(2)
  await expectNoSidewaysScroll(page)
  await phone.close()
})

test('an unanswered message becomes a rule', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  for (const said of ['开发票', '在吗', '开发票！']) await phone.send(said)
  await page.goto('/replies/unanswered')
  await expectNoSidewaysScroll(page)
  const rows = page.locator('tbody').getByRole('row')
  await expect(rows).toHaveCount(2)
  await expect(rows.first()).toContainText('开发票')
  await expect(rows.first()).toContainText('2')
  await page.getByRole('button', { name: '忽略“在吗”' }).click()
  await expect(rows).toHaveCount(1)
  await page.getByRole('link', { name: /^建规则：“开发票.?”$/ }).click()
  await expect(page.getByLabel('关键词', { exact: true }).or(page.getByLabel('关键词 1', { exact: true })).first()).toHaveValue(/开发票/)
  await page.getByLabel('回复内容').fill('请把抬头发给我')
  await saveRule(page)
  await expect(page).toHaveURL(/\/replies$/)
  expect(await phone.say('开发票')).toBe('请把抬头发给我')
  await page.goto('/replies/unanswered')
  await expect(page.getByText('没有遗漏')).toBeVisible()
  await phone.close()
})
