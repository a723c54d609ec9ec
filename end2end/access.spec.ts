import { expect, expectAccessible, expectNoSidewaysScroll, LOOKS, test } from './rig/index.ts'
import { filled, visits } from './rig/pages.ts'

test.describe.configure({ mode: 'parallel' })

/** Every page in every theme and language is accessible and not wider than a narrow phone. */
for (const { visitor, as, paths } of visits) {
  test(`pages of ${visitor} are accessible`, { tag: ['@phone'] }, async ({ page, weida, complaints }) => {
    test.setTimeout(60_000 + paths.length * LOOKS.length * 10_000)
    const values = (await as?.(page, weida)) ?? {}
    for (const path of paths.map(path => filled(path, values))) {
      await test.step(path, async () => {
        if (path.startsWith('/no-such') || path.startsWith('/setup')) complaints.expect(/404|403/)
        for (const [colorScheme, lang] of LOOKS) {
          await page.emulateMedia({ colorScheme })
          await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
          await expect(page.locator('h1')).toHaveCount(1)
          await expect(page.locator('html')).toHaveAttribute('lang', lang === 'zh' ? 'zh-CN' : 'en')
          await expectNoSidewaysScroll(page)
          await expectAccessible(page)
        }
      })
    }
  })
}
