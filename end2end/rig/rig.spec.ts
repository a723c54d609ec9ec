import { expect, test, unique } from './index.ts'

// Tests of the fixtures that the other specs use.

test('a killed program restarts at the same address', async ({ weida, request }) => {
  const healthy = async () => (await request.get(`${weida.url}/healthz`)).ok()
  expect(await healthy()).toBe(true)
  await weida.kill()
  await expect(request.get(`${weida.url}/healthz`)).rejects.toThrow('ECONNREFUSED')
  await weida.up()
  expect(await healthy()).toBe(true)
  await weida.restart()
  expect(await healthy()).toBe(true)
})

test('a browser error is recorded', async ({ page, complaints }) => {
  const mark = unique('mark')
  await page.goto('/')
  await page.evaluate(text => console.error(text), mark)
  await expect.poll(() => complaints.unexpected().join()).toContain(mark)
  complaints.expect(new RegExp(mark))
  expect(complaints.unexpected()).toEqual([])
})

test('a script does not run without JavaScript', { tag: ['@nojs'] }, async ({ page }) => {
  await page.setContent('<noscript>plain</noscript>')
  await expect(page.getByText('plain')).toBeVisible()
})

test('a phone is narrow and has a touch screen', { tag: ['@phone'] }, async ({ page }) => {
  await page.goto('/')
  expect(await page.evaluate(() => [innerWidth, navigator.maxTouchPoints > 0])).toEqual([360, true])
})
