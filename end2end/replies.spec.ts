import { expect, expectNoSidewaysScroll, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'
import { addRule } from './rig/replies.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('a rule is added, answers, is changed, switched off and deleted', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await expectNoSidewaysScroll(page)
  await addRule(page, '价格', '一百元 <b>&amp;</b> 😀')
  await expect(page.getByRole('rowheader', { name: '01' })).toBeVisible()
  expect(await phone.say('  价格！ ')).toBe('一百元 <b>&amp;</b> 😀')

  // The same keyword again: told with the rule that has it, and nothing of what was typed is lost.
  await page.getByLabel('收到').fill('价格')
  await page.getByRole('textbox', { name: '回复', exact: true }).fill('重复')
  await page.getByRole('button', { name: '添加', exact: true }).click()
  await expect(page.getByText('已经在规则 01 里了')).toBeVisible()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await expect(page.getByRole('textbox', { name: '回复', exact: true })).toHaveValue('重复')

  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page).toHaveURL(/\/replies$/)
  expect(await phone.say('价格')).toBe('两百元')

  await page.getByRole('switch', { name: '规则 01 是否启用' }).click()
  await expect(page.getByRole('switch', { name: '规则 01 是否启用' })).toHaveAttribute('aria-checked', 'false')
  await phone.saysInVain('价格')

  await page.getByRole('button', { name: '删除规则 01' }).click()
  await expect(page.getByText('规则 01 已删除')).toBeVisible()
  await expect(page.getByText('两百元')).toHaveCount(0)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.getByText('两百元')).toBeVisible()
  await phone.putDown()
})

test('several keywords and contents, in place and without a page of their own', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '地址', '人民路 1 号')
  await page.getByRole('link', { name: '修改规则 01' }).click()
  await expect(page).toHaveURL(/edit=1/)
  await page.getByRole('button', { name: '再加一个关键词' }).click()
  await page.getByLabel('关键词 2', { exact: true }).fill('在哪')
  await page.getByLabel('关键词 2 的匹配方式').selectOption('contains')
  await page.getByRole('button', { name: '文字' }).click()
  await page.getByLabel('回复内容 2').fill('地铁 2 号线')
  await page.getByRole('button', { name: '上移第 2 条' }).click()
  await expect(page.getByLabel('回复内容', { exact: true })).toHaveValue('地铁 2 号线')
  await page.getByRole('button', { name: '删掉第 2 条' }).click()
  await expectNoSidewaysScroll(page)
  // Nothing of it was saved so far.
  await phone.saysInVain('你们在哪呢')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('规则 01 已保存')).toBeVisible()
  expect(await phone.say('你们在哪呢')).toBe('地铁 2 号线')

  // A copy says the same to another keyword.
  await page.goto('/replies/1')
  await page.getByRole('link', { name: '复制这条规则' }).click()
  await expect(page.getByLabel('回复内容', { exact: true })).toHaveValue('地铁 2 号线')
  await page.getByLabel('关键词', { exact: true }).fill('怎么走')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('规则 02 已添加')).toBeVisible()
  expect(await phone.say('怎么走')).toBe('地铁 2 号线')
  await phone.putDown()
})

test('what cannot be saved names its field, and keeps what was typed', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies/new')
  await page.getByLabel('关键词', { exact: true }).fill('(')
  await page.getByLabel('关键词 的匹配方式').or(page.getByLabel('匹配方式')).first().selectOption('regex')
  await page.getByRole('button', { name: '图文' }).click()
  await page.getByLabel('标题').fill('活动')
  await page.getByLabel('链接地址').fill('javascript:alert(1)')
  await page.getByLabel('优先级').fill('很高')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('有一个正则表达式写错了')).toBeVisible()
  await expect(page.getByText('链接要以 http:// 或 https:// 开头')).toBeVisible()
  await expect(page.getByText('优先级要在 -999 到 999 之间')).toBeVisible()
  await expect(page.getByText(/请填写回复内容/)).toBeVisible()
  await expect(page.getByLabel('标题')).toHaveValue('活动')
  await expect(page.getByLabel('优先级')).toHaveValue('很高')
  await page.goto('/replies')
  await expect(page.getByText('还没有规则')).toBeVisible()
  await phone.putDown()
})

test('several rules at once: duplicates are named before anything is saved', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  await page.getByRole('link', { name: '批量添加' }).click()
  const lines = ['你好=你好呀', '价格：两百元', '', '地址＝人民路:1 号', '你好 = 又是你', '没有分隔']
  await page.getByLabel('规则', { exact: true }).fill(lines.join('\n'))
  await page.getByRole('button', { name: '全部添加' }).click()
  const notice = page.getByRole('alert')
  await expect(notice).toContainText('有 3 行不能添加，什么都还没有保存')
  await expect(notice).toContainText('第 2 行')
  await expect(notice).toContainText('“价格”已经在规则 01 里了')
  await expect(notice).toContainText('第 5 行')
  await expect(notice).toContainText('“你好”和第 1 行重复')
  await expect(notice).toContainText('第 6 行')
  await expect(page.getByLabel('规则', { exact: true })).toHaveValue(lines.join('\n'))
  await phone.saysInVain('地址')
  await page.getByRole('button', { name: '跳过有问题的 3 行' }).click()
  await expect(page.getByText('已添加 2 条规则')).toBeVisible()
  expect(await phone.say('地址')).toBe('人民路:1 号')
  expect(await phone.say('价格')).toBe('一百元')
  await phone.putDown()
})

test('the later of two editors is told, and neither loses anything', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  const late = await page.context().newPage()
  await late.goto('/replies/1')
  await late.getByLabel('回复内容').fill('三百元')
  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('规则 01 已保存')).toBeVisible()

  await late.getByRole('button', { name: '保存规则' }).last().click()
  await expect(late.getByText('没有保存：这条规则刚刚被改过')).toBeVisible()
  await expect(late.locator('.diff')).toContainText('三百元')
  await expect(late.locator('.diff')).toContainText('两百元')
  await expect(late.getByLabel('回复内容')).toHaveValue('三百元')
  expect(await phone.say('价格')).toBe('两百元')
  await late.getByRole('button', { name: '用我的覆盖' }).click()
  await expect(late.getByText('规则 01 已保存')).toBeVisible()
  expect(await phone.say('价格')).toBe('三百元')

  // Deleted meanwhile: what was typed becomes a new rule, if it is saved again.
  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('四百元')
  await late.getByRole('button', { name: '删除规则 01' }).click()
  await expect(late.getByText('规则 01 已删除')).toBeVisible()
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('这条规则刚刚被删除')).toBeVisible()
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('规则 02 已添加')).toBeVisible()
  await phone.putDown()
})

test('everything that was done is told, and can be taken back', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  await addRule(page, '地址', '人民路')
  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await page.getByLabel('选择规则 01').check()
  await page.getByLabel('选择规则 02').check()
  await page.getByRole('group', { name: '对选中的规则' }).getByRole('button', { name: '删除' }).click()
  await expect(page.getByText('已删除 2 条规则')).toBeVisible()
  await expect(page.getByText('还没有规则')).toBeVisible()

  await page.getByRole('link', { name: '修改记录' }).click()
  await expect(page.getByRole('row', { name: /删除.*2 条规则/ })).toContainText('你 · 网页')
  await expectNoSidewaysScroll(page)
  await page.getByRole('row', { name: /删除.*2 条规则/ }).getByRole('button', { name: '撤销这次修改' }).click()
  await expect(page.getByText('已撤销').first()).toBeVisible()
  expect(await phone.say('价格')).toBe('两百元')

  await page.goto('/replies/1/history')
  const changed = page.locator('.card', { hasText: '修改 · 你 · 网页' })
  await expect(changed).toContainText('一百元')
  await changed.getByRole('button', { name: '恢复成改之前' }).click()
  await expect(page.getByText('规则 01 已恢复')).toBeVisible()
  expect(await phone.say('价格')).toBe('一百元')
  await phone.putDown()
})

test('search, filters, order and page are the address', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies/several')
  const lines = Array.from({ length: 60 }, (_, i) => `词${i + 1}=第 ${i + 1} 条`)
  await page.getByLabel('规则', { exact: true }).fill(lines.join('\n'))
  await page.getByRole('button', { name: '全部添加' }).click()
  await expect(page.getByText('共 60 条')).toBeVisible()
  await expect(page.getByRole('rowheader')).toHaveCount(50)
  await page.getByRole('link', { name: '下一页' }).click()
  await expect(page.getByRole('rowheader')).toHaveCount(10)

  await page.getByLabel('搜索规则').fill('词6')
  await page.getByRole('button', { name: '筛选' }).click()
  await expect(page).toHaveURL(/q=/)
  await expect(page.getByRole('rowheader')).toHaveCount(2)
  await page.goto('/replies?state=off')
  await expect(page.getByText('没有找到')).toBeVisible()
  await page.goto('/replies?sort=number&order=desc')
  await expect(page.getByRole('rowheader').first()).toHaveText('60')

  // T-30: whatever else stands there gives the list.
  for (const nonsense of ['page=-1', 'page=2147483648', 'page=x', 'sort=;drop', 'cause=%00', 'way[]=1', 'q=%25%27%3B--', 'edit=-9']) {
    const answer = await page.goto(`/replies?${nonsense}`)
    expect(answer?.status(), nonsense).toBe(200)
    await expect(page.locator('h1')).toHaveText('自动回复')
  }
  await phone.putDown()
})

test('thirty rules by the keyboard alone', async ({ page, weida, browser }) => {
  test.setTimeout(120_000)
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  const keys = page.keyboard
  await keys.press('a')
  for (let n = 1; n <= 30; n += 1) {
    // The line above the list has the focus: after each rule again.
    await expect(page.getByLabel('收到')).toBeFocused()
    await keys.type(`词${n}`)
    await keys.press('Tab')
    await keys.press('Tab')
    await keys.type(`第 ${n} 条`)
    await keys.press('Enter')
    await expect(page.getByText(`规则 ${String(n).padStart(2, '0')} 已添加`)).toBeVisible()
  }
  expect(await phone.say('词17')).toBe('第 17 条')

  // Out of the field, to the third rule, into it, another answer, saved.
  await keys.press('Escape')
  for (const _ of [1, 2, 3]) await keys.press('j')
  await expect(page.getByRole('link', { name: '03', exact: true })).toBeFocused()
  await keys.press('Enter')
  await expect(page).toHaveURL(/edit=3/)
  await page.getByLabel('回复内容').focus()
  await keys.press('Control+a')
  await keys.type('改过的')
  await keys.press('Control+s')
  await expect(page.getByText('规则 03 已保存')).toBeVisible()
  expect(await phone.say('词3')).toBe('改过的')

  // Two ticked and switched off.
  await page.locator('body').press('j')
  await keys.press('x')
  await keys.press('j')
  await keys.press('x')
  await page.getByRole('group', { name: '对选中的规则' }).getByRole('button', { name: '停用' }).press('Enter')
  await expect(page.getByText('已停用 2 条规则')).toBeVisible()

  await keys.press('/')
  await expect(page.getByLabel('搜索规则')).toBeFocused()
  await keys.press('Escape')
  await keys.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.getByRole('button', { name: '关掉' }).press('Enter')
  await page.locator('body').press('/')
  await expect(page.getByLabel('搜索规则')).not.toBeFocused()
  await phone.putDown()
})

/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

test('a picture is uploaded where it is used, and what is no picture is told', { tag: ['@desktop', '@nojs'] }, async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies/new')
  await page.getByLabel('关键词', { exact: true }).fill('照片')
  await page.getByRole('button', { name: '图片' }).click()
  await page.getByRole('button', { name: '删掉第 1 条' }).click()
  await page.getByLabel('或者上传文件').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') })
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.locator('.field-error')).toBeVisible()
  await expect(page.getByLabel('关键词', { exact: true })).toHaveValue('照片')
  await page.getByLabel('或者上传文件').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG })
  await page.getByRole('button', { name: '保存规则' }).last().click()
  await expect(page.getByText('规则 01 已添加')).toBeVisible()
  await page.goto('/replies/1')
  await expect(page.getByRole('link', { name: '已上传的文件' })).toBeVisible()
  await phone.say('照片')
  await phone.putDown()
})

test('leaving with something unsaved asks first', async ({ page, weida, browser }) => {
  const phone = await Phone.pickUp(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, unique('词'), '一')
  await page.goto('/replies/1')
  await page.getByRole('button', { name: '昵称' }).click()
  await expect(page.getByLabel('回复内容')).toHaveValue('一{{nickname}}')
  let asked = false
  page.once('dialog', dialog => {
    asked = true
    void dialog.accept()
  })
  await page.goto('/me')
  expect(asked).toBe(true)
  await phone.putDown()
})
