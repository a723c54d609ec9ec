import { resolve } from 'node:path'
import { test } from './index.ts'
import { filled, visits } from './pages.ts'

const DIRECTORY = resolve(import.meta.dirname, '../../target/shots')
const named = (process.env.WEIDA_SHOTS ?? '').split(' ').filter(path => path.startsWith('/'))
const languages = process.env.WEIDA_SHOTS === 'all' ? (['zh', 'en'] as const) : (['zh'] as const)
const known = visits.flatMap(({ paths }) => paths)
const wanted = [
  ...visits.map(visit => ({ ...visit, paths: visit.paths.filter(path => named.length === 0 || named.includes(path)) })),
  { visitor: 'anyone', as: undefined, paths: named.filter(path => !known.includes(path)) },
]

for (const { visitor, as, paths } of wanted.filter(({ paths }) => paths.length > 0)) {
  test(`${visitor}: ${paths.join(' ')}`, async ({ page, weida, complaints }, { project }) => {
    test.setTimeout(60_000 + paths.length * languages.length * 10_000)
    complaints.expect(/./)
    const values = (await as?.(page, weida)) ?? {}
    for (const path of paths) {
      for (const lang of languages) {
        const address = filled(path, values)
        await page.goto(`${address}${address.includes('?') ? '&' : '?'}lang=${lang}`)
        await page.evaluate(() => document.fonts.ready)
        const name = path.replace(/^\//, '').replace(/[^\w-]+/g, '_') || 'front'
        const suffix = lang === 'zh' ? '' : `-${lang}`
        await page.screenshot({ path: `${DIRECTORY}/${name}-${project.name}${suffix}.png`, fullPage: true })
      }
    }
  })
}
