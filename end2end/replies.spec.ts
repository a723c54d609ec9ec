import { expect, expectNoSidewaysScroll, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'
import { actOnRule, addRule, saveRule } from './rig/replies.ts'

const everywhere = { tag: ['@desktop', '@phone', '@nojs'] }

test('a rule is added, answers, is changed, disabled and deleted', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await expectNoSidewaysScroll(page)
  await addRule(page, '价格', '一百元 <b>&amp;</b> 😀')
  await expect(page.locator('#rule-1')).toBeVisible()
  expect(await phone.say('  价格！ ')).toBe('一百元 <b>&amp;</b> 😀')

  // The same keyword again: the error names the rule that has it, and the input is kept.
  await page.goto('/replies/new')
  await page.getByLabel('关键词', { exact: true }).fill('价格')
  await page.getByLabel('回复内容').fill('重复')
  await saveRule(page)
  await expect(page.getByText('已经在规则 01 里了')).toBeVisible()
  await expect(page.locator('[aria-invalid=true]')).toHaveCount(1)
  await expect(page.locator('[aria-invalid=true]')).toBeFocused()
  await expect(page.getByLabel('回复内容')).toHaveValue('重复')

  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await saveRule(page)
  await expect(page).toHaveURL(/\/replies$/)
  expect(await phone.say('价格')).toBe('两百元')

  await page.goto('/replies/1')
  await page.getByRole('switch', { name: '启用' }).uncheck()
  await saveRule(page)
  await expect(page.locator('#rule-1')).toHaveClass(/is-off/)
  await phone.sayUnanswered('价格')

  await actOnRule(page, 1, '删除')
  await expect(page.getByText('规则 01 已删除')).toBeVisible()
  await expect(page.getByText('两百元')).toHaveCount(0)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.getByText('两百元')).toBeVisible()
  await phone.close()
})

test('several keywords and contents are edited in the list', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '地址', '人民路 1 号')
  await page.locator('#rule-1').getByRole('link', { name: /^规则 01/ }).click()
  await expect(page.getByRole('form', { name: '规则 01' })).toBeVisible()
  await page.getByRole('button', { name: '再加一个关键词' }).click()
  await page.getByLabel('关键词 2', { exact: true }).fill('在哪')
  await page.getByLabel('关键词 2 的匹配方式').selectOption('contains')
  await page.getByRole('button', { name: '文字' }).click()
  await page.getByLabel('回复内容 2').fill('地铁 2 号线')
  await page.getByRole('button', { name: '上移第 2 条' }).click()
  await expect(page.getByLabel('回复内容', { exact: true })).toHaveValue('地铁 2 号线')
  await page.getByRole('button', { name: '删掉第 2 条' }).click()
  await expectNoSidewaysScroll(page)
  // Nothing is saved yet.
  await phone.sayUnanswered('你们在哪呢')
  await saveRule(page)
  await expect(page.getByText('规则 01 已保存')).toBeVisible()
  expect(await phone.say('你们在哪呢')).toBe('地铁 2 号线')

  // A copy gives the same answer to another keyword.
  await page.goto('/replies/1')
  await page.getByRole('link', { name: '复制这条规则' }).first().click()
  await expect(page.getByLabel('回复内容', { exact: true })).toHaveValue('地铁 2 号线')
  await page.getByLabel('关键词', { exact: true }).fill('怎么走')
  await saveRule(page)
  await expect(page.getByText('规则 02 已添加')).toBeVisible()
  expect(await phone.say('怎么走')).toBe('地铁 2 号线')
  await phone.close()
})

test('errors of a rule are shown at their fields, and the input is kept', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies/new')
  await page.getByLabel('关键词', { exact: true }).fill('(')
  await page.getByLabel('关键词 的匹配方式').or(page.getByLabel('匹配方式')).first().selectOption('regex')
  await page.getByRole('button', { name: '图文' }).click()
  await page.getByLabel('标题').fill('活动')
  await page.getByLabel('链接地址').fill('javascript:alert(1)')
  await page.getByLabel('优先级').fill('很高')
  await saveRule(page)
  await expect(page.getByText('有一个正则表达式写错了')).toBeVisible()
  await expect(page.getByText('链接要以 http:// 或 https:// 开头')).toBeVisible()
  await expect(page.getByText('优先级要在 -999 到 999 之间')).toBeVisible()
  await expect(page.getByText(/请填写回复内容/)).toBeVisible()
  await expect(page.getByLabel('标题')).toHaveValue('活动')
  await expect(page.getByLabel('优先级')).toHaveValue('很高')
  await page.goto('/replies')
  await expect(page.getByText('还没有规则')).toBeVisible()
  await phone.close()
})

test('bulk add reports duplicates before anything is saved', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  await page.goto('/replies/several')
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
  await phone.sayUnanswered('地址')
  await page.getByRole('button', { name: '跳过有问题的 3 行' }).click()
  await expect(page.getByText('已添加 2 条规则')).toBeVisible()
  expect(await phone.say('地址')).toBe('人民路:1 号')
  expect(await phone.say('价格')).toBe('一百元')
  await phone.close()
})

test('the later of two editors sees a conflict, and neither loses input', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  const late = await page.context().newPage()
  await late.goto('/replies/1')
  await late.getByLabel('回复内容').fill('三百元')
  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await saveRule(page)
  await expect(page.getByText('规则 01 已保存')).toBeVisible()

  await saveRule(late)
  await expect(late.getByText('没有保存：这条规则刚刚被改过')).toBeVisible()
  await expect(late.locator('.diff')).toContainText('三百元')
  await expect(late.locator('.diff')).toContainText('两百元')
  await expect(late.getByLabel('回复内容')).toHaveValue('三百元')
  expect(await phone.say('价格')).toBe('两百元')
  await late.getByRole('button', { name: '用我的覆盖' }).click()
  await expect(late.getByText('规则 01 已保存')).toBeVisible()
  expect(await phone.say('价格')).toBe('三百元')

  // Deleted meanwhile: saving again creates a new rule.
  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('四百元')
  await actOnRule(late, 1, '删除')
  await expect(late.getByText('规则 01 已删除')).toBeVisible()
  await saveRule(page)
  await expect(page.getByText('这条规则刚刚被删除')).toBeVisible()
  await saveRule(page)
  await expect(page.getByText('规则 02 已添加')).toBeVisible()
  await phone.close()
})

test('every change is in the history and can be undone', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  await addRule(page, '地址', '人民路')
  await page.goto('/replies/1')
  await page.getByLabel('回复内容').fill('两百元')
  await saveRule(page)
  if (page.viewportSize()!.width < 768) await page.locator('label[for=selecting]').click()
  await page.getByLabel('选择规则 01').check()
  await page.getByLabel('选择规则 02').check()
  const bulk = page.getByRole('group', { name: '批量操作' })
  await expect(bulk).toBeInViewport({ ratio: 1 })
  if (test.info().project.use.javaScriptEnabled !== false) await expect(bulk).toContainText('已选 2 条')
  await bulk.getByRole('button', { name: '删除' }).click()
  await expect(page.getByText('已删除 2 条规则')).toBeVisible()
  await expect(page.getByText('还没有规则')).toBeVisible()

  await page.goto('/replies/history')
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
  await phone.close()
})

test('search, filters, order and page are in the address', everywhere, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies/several')
  const lines = Array.from({ length: 60 }, (_, i) => `词${i + 1}=第 ${i + 1} 条`)
  await page.getByLabel('规则', { exact: true }).fill(lines.join('\n'))
  await page.getByRole('button', { name: '全部添加' }).click()
  await expect(page.getByText('共 60 条')).toBeVisible()
  const rows = page.locator('[data-row]')
  if (test.info().project.use.javaScriptEnabled === false) {
    await expect(rows).toHaveCount(50)
    await page.getByRole('link', { name: '下一页' }).click()
    await expect(rows).toHaveCount(10)
    await page.goto('/replies')
  } else {
    // With a script the list has all pages.
    await page.locator('#rule-50').scrollIntoViewIfNeeded()
    await expect(page.locator('#rule-60')).toBeAttached()
  }
  await page.goto('/replies#find')
  await page.getByLabel('搜索规则').fill('词6')
  await page.getByLabel('搜索规则').press('Enter')
  await expect(page).toHaveURL(/q=/)
  await expect(rows).toHaveCount(2)
  await page.goto('/replies?state=off')
  await expect(page.getByText('没有找到')).toBeVisible()
  await page.goto('/replies?sort=number&order=desc')
  await expect(rows.first()).toHaveAttribute('id', 'rule-60')

  // T-30: an invalid query gives the list.
  for (const nonsense of ['page=-1', 'page=2147483648', 'page=x', 'sort=;drop', 'cause=%00', 'way[]=1', 'q=%25%27%3B--', 'edit=-9']) {
    const answer = await page.goto(`/replies?${nonsense}`)
    expect(answer?.status(), nonsense).toBe(200)
    await expect(page.locator('h1')).toHaveText('我的规则')
  }
  await phone.close()
})

test('thirty rules are added by the keyboard alone', async ({ page, weida, browser }) => {
  test.setTimeout(120_000)
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  const keys = page.keyboard
  await keys.press('a')
  for (let n = 1; n <= 30; n += 1) {
    // The form above the list has the focus again after each rule.
    await expect(page.getByLabel('新规则的关键词')).toBeFocused()
    await keys.type(`词${n}`)
    await keys.press('Tab')
    await keys.press('Tab')
    await keys.type(`第 ${n} 条`)
    await keys.press('Enter')
    await expect(page.getByText(`规则 ${String(n).padStart(2, '0')} 已添加`)).toBeVisible()
  }
  expect(await phone.say('词17')).toBe('第 17 条')

  // Leave the field, open the third rule, change its answer, save.
  await keys.press('Escape')
  for (const _ of [1, 2, 3]) await keys.press('j')
  await expect(page.getByRole('link', { name: /^规则 03/ })).toBeFocused()
  await keys.press('Enter')
  await expect(page).toHaveURL(/edit=3/)
  await page.getByLabel('回复内容').focus()
  await keys.press('Control+a')
  await keys.type('改过的')
  await keys.press('Control+s')
  await expect(page.getByText('规则 03 已保存')).toBeVisible()
  expect(await phone.say('词3')).toBe('改过的')

  // Select two rules and disable them.
  await page.locator('body').press('j')
  await keys.press('x')
  await keys.press('j')
  await keys.press('x')
  const bulk = page.getByRole('group', { name: '批量操作' })
  await expect(bulk).toContainText('已选 2 条')
  await expect(bulk).toBeInViewport({ ratio: 1 })
  await bulk.getByRole('button', { name: '停用' }).press('Enter')
  await expect(page.getByText('已停用 2 条规则')).toBeVisible()

  await keys.press('/')
  await expect(page.getByLabel('搜索规则')).toBeFocused()
  await keys.press('Escape')
  await keys.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.getByRole('button', { name: '关掉' }).press('Enter')
  await page.locator('body').press('/')
  await expect(page.getByLabel('搜索规则')).not.toBeFocused()
  await phone.close()
})

/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

test('dragging a rule changes its priority', async ({ page, browser, weida }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await phone.close()
  await page.goto('/replies')
  for (const word of ['甲', '乙', '丙']) await addRule(page, word, word)
  const rows = page.locator('[data-row] th')
  await expect(rows).toHaveText(['01', '02', '03'])
  await page.locator('#rule-3').hover()
  await page.locator('#rule-3 [data-grip]').dragTo(page.locator('#rule-1'), { targetPosition: { x: 300, y: 3 } })
  await expect(page.getByText('规则 03 换了位置')).toBeVisible()
  await expect(rows).toHaveText(['03', '01', '02'])
  await page.getByRole('button', { name: '撤销' }).first().click()
  await expect(rows).toHaveText(['01', '02', '03'])
})

const upload = { tag: ['@desktop', '@phone', '@nojs'] }

test('a picture is uploaded first; a rejected one takes the focus and its error goes when it is mended', upload, async ({ page, weida, browser }) => {
  const hasScript = test.info().project.use.javaScriptEnabled !== false
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies/new')
  await page.getByLabel('关键词', { exact: true }).fill('照片')
  await page.getByRole('button', { name: '图片' }).click()
  await page.getByRole('button', { name: '删掉第 1 条' }).click()
  const file = page.locator('input[type=file]')
  // The media id of the platform is for those who look for it.
  await expect(page.getByLabel('素材 media_id')).toBeHidden()
  await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') })
  // With a script the file is sent at once, without it with the rule.
  if (!hasScript) await saveRule(page)
  await expect(page.locator('.field-error')).toBeVisible()
  await expect(file).toBeFocused()
  await expect(file).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('关键词', { exact: true })).toHaveValue('照片')
  await file.setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG })
  if (hasScript) {
    await expect(page.locator('.field-error')).toHaveCount(0)
    await expect(page.getByRole('link', { name: '已上传的文件' })).toBeVisible()
    await expect(page.locator('.file .file-picture')).toHaveAttribute('src', /^\/media\//)
  }
  await saveRule(page)
  await expect(page.getByText('规则 01 已添加')).toBeVisible()
  await page.goto('/replies/1')
  await expect(page.getByRole('link', { name: '已上传的文件' })).toBeVisible()
  await phone.say('照片')
  await phone.close()
})

test('a large file says how far it is, and any file can be dropped', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await phone.close()
  await page.goto('/replies/new')
  await page.getByRole('button', { name: '图片' }).click()
  const drop = async (bytes: number) => {
    const data = await page.evaluateHandle(([bytes]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(bytes!)], 'large.png', { type: 'image/png' }))
      return transfer
    }, [bytes])
    await page.locator('[data-drop]').dispatchEvent('drop', { dataTransfer: data })
  }
  let answer = () => {}
  await page.route('**/replies/new', async route => {
    await new Promise<void>(go => (answer = go))
    await route.continue()
  })
  await drop(1_500_000)
  await expect(page.getByRole('progressbar', { name: 'large.png' })).toBeVisible()
  await expect(page.locator('.file-name')).toHaveText('large.png')
  answer()
  await expect(page.locator('.field-error')).toBeVisible()
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  await drop(10)
  await expect(page.locator('.file-name')).toHaveText('large.png')
  await expect(page.getByRole('progressbar')).toHaveCount(0)
  answer()
})

test('the phone beside the editor answers with the unsaved rule and says why', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  const name = await register(page, phone)
  await phone.close()
  await page.goto('/replies')
  await addRule(page, '公告', '本周六闭馆')
  await page.locator('#rule-1').getByRole('link', { name: /^规则 01/ }).click()
  const answers = page.locator('.preview .said:not(.mine) .bubble')
  const why = page.locator('.preview .why')
  await expect(answers).toHaveText('本周六闭馆')
  await expect(page.locator('.preview .phone')).toHaveCount(1)
  await page.getByLabel('回复内容').fill('{{nickname}}，{{keyword}}：{{time}}')
  await expect(answers).toHaveText(new RegExp(`^${name}，公告：\\d.*\\d$`))
  await expect(why).toContainText('规则 01（未保存）回答')
  await expect(page.locator('.save-bar')).toContainText('1 处没有保存')
  // A message that contains the keyword: the near miss is named, and the changed match type answers.
  await page.getByLabel('要试的消息').fill('今天有公告吗')
  await page.getByLabel('要试的消息').press('Enter')
  await expect(page.locator('.preview .said.mine .bubble')).toHaveText('今天有公告吗')
  await expect(why).toContainText('半匹配会命中“公告”')
  await expect(page.getByRole('button', { name: '第 1 组' })).toHaveCount(0)
  await page.getByLabel('匹配方式').selectOption('contains')
  await expect(answers).toHaveText(new RegExp(`^${name}，公告：`))
  await expect(page.getByLabel('匹配方式')).toBeFocused()
  // Groups of an expression are offered where there is one.
  await page.getByLabel('匹配方式').selectOption('regex')
  await expect(page.getByRole('button', { name: '第 1 组' })).toBeVisible()
  // The list beside it still has the saved rule.
  await expect(page.locator('#rule-1')).toContainText('本周六闭馆')
})

test('the save bar is in the viewport in every state', { tag: ['@desktop', '@phone'] }, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await phone.close()
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  const save = page.getByRole('button', { name: '保存规则' }).last()
  for (const path of ['/replies/1', '/replies?edit=1', '/replies/new']) {
    await page.goto(path)
    for (const _ of [2, 3, 4, 5]) await page.getByRole('group', { name: '再加一条回复' }).getByRole('button', { name: '图文' }).click()
    await expect(page.getByLabel('标题')).toHaveCount(4)
    await expect(save).toBeInViewport({ ratio: 1 })
    await page.getByLabel('链接地址').last().scrollIntoViewIfNeeded()
    await expect(save).toBeInViewport({ ratio: 1 })
    await save.click()
    await expect(page.locator('.save-bar.bad')).toBeInViewport({ ratio: 1 })
    await expect(page.locator('[aria-invalid=true]').first()).toBeFocused()
    await page.locator('[aria-invalid=true]').first().fill('x')
    await page.setViewportSize({ ...page.viewportSize()!, height: 480 })
    await expect(save).toBeInViewport({ ratio: 1 })
    await expectNoSidewaysScroll(page)
    await page.setViewportSize({ ...page.viewportSize()!, height: page.viewportSize()!.width > 500 ? 900 : 740 })
    page.once('dialog', dialog => void dialog.accept())
  }
})

test('a rule is created by the keyboard alone, and the first rule is near', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies')
  await addRule(page, '价格', '一百元')
  await page.goto('/replies')
  const keys = page.keyboard
  // The skip link is first and leads to the rows.
  await keys.press('Tab')
  await expect(page.getByRole('link', { name: '跳到第一条规则' })).toBeFocused()
  await keys.press('Enter')
  let stops = 1
  for (; stops <= 12; stops += 1) {
    await keys.press('Tab')
    if (await page.locator('#rule-1 a[data-open]').evaluate(link => link === document.activeElement)) break
  }
  expect(stops).toBeLessThanOrEqual(12)
  await keys.press('c')
  await expect(page).toHaveURL(/\/replies\/new$/)
  await expect(page.getByLabel('关键词', { exact: true })).toBeFocused()
  await keys.type('地址')
  await keys.press('Tab')
  await keys.press('ArrowDown')
  await keys.press('ArrowDown')
  await expect(page.getByLabel('匹配方式')).toHaveValue('contains')
  await page.getByLabel('回复内容').focus()
  await keys.type('人民路')
  await keys.press('Control+s')
  await expect(page.getByText('规则 02 已添加')).toBeVisible()
  expect(await phone.say('你们的地址在哪')).toBe('人民路')
  // The order is changed by keys too.
  await page.locator('#rule-2 a[data-open]').focus()
  await keys.press('Alt+ArrowUp')
  await expect(page.getByText('规则 02 的优先级提高了')).toBeVisible()
  await expect(page.locator('[data-row]').first()).toHaveAttribute('id', 'rule-2')
  await phone.close()
})

test('leaving with unsaved input asks first', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
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
  await phone.close()
})
