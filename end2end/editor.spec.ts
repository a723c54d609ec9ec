import { expect, expectNoSidewaysScroll, hasScript, test, unique } from './rig/index.ts'
import { Phone } from './rig/phone.ts'
import { register } from './rig/person.ts'
import { addRule, saveRule } from './rig/replies.ts'

/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

const upload = { tag: ['@desktop', '@phone', '@nojs'] }

test('a picture is uploaded first; a rejected one takes the focus and its error goes when it is mended', upload, async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await page.goto('/replies/new')
  await page.getByLabel('关键词', { exact: true }).fill('照片')
  await page.getByRole('button', { name: '图片' }).click()
  await page.getByRole('button', { name: '删掉第 1 条' }).click()
  await expect(page.getByLabel('回复内容')).toHaveCount(0)
  const file = page.locator('input[type=file]')
  // The media id of the platform is for those who look for it.
  await expect(page.getByLabel('素材 media_id')).toBeHidden()
  await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') })
  // With a script the file is sent at once, without it with the rule.
  if (!hasScript()) await saveRule(page)
  await expect(page.locator('.field-error')).toBeVisible()
  await expect(file).toBeFocused()
  await expect(file).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('关键词', { exact: true })).toHaveValue('照片')
  await file.setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG })
  if (hasScript()) {
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
  await page.locator('#matching').focus()
  await page.locator('#matching').selectOption('contains')
  await expect(answers).toHaveText(new RegExp(`^${name}，公告：`))
  await expect(page.locator('#matching')).toBeFocused()
  // Groups of an expression are offered where there is one.
  await page.locator('#matching').selectOption('regex')
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
    await expect(save).toBeInViewport({ ratio: 1 })
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

test('what is typed while a step is under way stays, and so does the focus', async ({ page, weida, browser }) => {
  const phone = await Phone.open(browser, weida)
  await register(page, phone)
  await phone.close()
  await page.goto('/replies/new')
  let release = () => {}
  const held = new Promise<void>(resolve => (release = resolve))
  await page.route('**/replies/new', async route => {
    if (route.request().postData()?.includes('step=match')) await held
    await route.continue()
  })
  await page.getByLabel('关键词', { exact: true }).fill('订单(.+)')
  await page.locator('#matching').focus()
  await page.locator('#matching').selectOption('regex')
  await page.getByLabel('回复内容').fill('人民路')
  release()
  await expect(page.getByRole('button', { name: '第 1 组' })).toBeVisible()
  await expect(page.getByLabel('回复内容')).toHaveValue('人民路')
  await expect(page.getByLabel('回复内容')).toBeFocused()
})
