import { expect, patient, test } from './rig/index.ts'
import { apply, csv, upload } from './rig/transfer.ts'

/** The longest time from a key or a turn of the wheel to the rows that it asks for, in milliseconds: of a debug build, beside another test. */
const VIEW_MS = 1_000

test('ten thousand rules scroll and filter in one list', async ({ page, newWeida }) => {
  test.setTimeout(300_000)
  const weida = await newWeida()
  await page.goto(`${weida.url}/login`)
  const [username, password] = await weida.admin('many')
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL(/\/me$/)
  const rules = Array.from({ length: 10_000 }, (_, i) => [`词${i + 1}`, '半匹配', `第 ${i + 1} 条回复`] as [string, string, string])
  await upload(page, `${weida.url}/admin/replies`, 'rules.csv', csv(rules))
  await apply(page)
  await page.goto(`${weida.url}/admin/replies`)
  await expect(page.locator('[data-row]').first()).toBeVisible()

  /** The time until the row of this number is in the view, after `act`. */
  const view = (act: string, wanted: number) =>
    page.evaluate(
      ([act, wanted]) =>
        new Promise<number>(done => {
          const scroller = document.querySelector('[data-scroll]')!
          const begun = performance.now()
          const look = () => {
            const box = document.getElementById(`rule-${wanted}`)?.getBoundingClientRect()
            const frame = scroller.getBoundingClientRect()
            if (box && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1) done(performance.now() - begun)
            else requestAnimationFrame(look)
          }
          if (act!.startsWith('scroll')) scroller.scrollTop = Number(act!.slice(6))
          else {
            const field = document.querySelector<HTMLInputElement>('[data-find] [type=search]')!
            field.value = act!
            field.form!.requestSubmit()
          }
          look()
        }),
      [act, String(wanted)] as const,
    )
  const top = await page.evaluate(() => document.getElementById('rows')!.offsetTop)
  const times: number[] = []
  // Everywhere in the list, there and back; each twice, the second time read before.
  for (const number of [200, 5_000, 9_990, 5_100, 60, 3, 7_777]) {
    times.push(await view(`scroll${top + (number - 5) * 40}`, number))
    await expect(page.locator('[data-row]')).not.toHaveCount(0)
    expect(await page.locator('[data-row]').count()).toBeLessThanOrEqual(150)
  }
  for (const [text, number] of [['词9999', 9_999], ['第 77', 77], ['', 1], ['词10000', 10_000]] as const) times.push(await view(text, number))
  console.log(`10,000 rules: ${times.map(Math.round).join(', ')} ms a view`)
  for (const time of times) expect(time).toBeLessThanOrEqual(patient(VIEW_MS))
})
