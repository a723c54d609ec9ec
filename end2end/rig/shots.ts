import { resolve } from 'node:path'
import { test } from './index.ts'
import { pages } from './pages.ts'

const DIRECTORY = resolve(import.meta.dirname, '../../target/shots')
const named = (process.env.WEIDA_SHOTS ?? '').split(' ').filter(path => path.startsWith('/'))
const wanted = named.length > 0 ? named.map(path => pages.find(page => page.path === path) ?? { path }) : pages

for (const { path, as } of wanted) {
  test(path, async ({ page, weida, complaints }, { project }) => {
    complaints.expect(/./)
    await page.goto((await as?.(page, weida)) ?? path)
    await page.evaluate(() => document.fonts.ready)
    // Islands wake up when the browser is idle.
    await page.waitForTimeout(500)
    const name = path.replace(/^\//, '').replace(/[^\w-]+/g, '_') || 'front'
    await page.screenshot({ path: `${DIRECTORY}/${name}-${project.name}.png`, fullPage: true })
  })
}
