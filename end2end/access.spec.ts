import { expect, expectAccessible, expectNoSidewaysScroll, test } from './rig/index.ts'
import { pages } from './rig/pages.ts'

/** Each theme and each language once; every pair of them in the thorough run. */
const LOOKS = process.env.WEIDA_TEST_THOROUGH
  ? ([['light', 'zh'], ['light', 'en'], ['dark', 'zh'], ['dark', 'en']] as const)
  : ([['light', 'zh'], ['dark', 'en']] as const)

/** In every page, theme and language: nothing that shuts people out, and nothing wider than a narrow phone. */
for (const { path, as } of pages) {
  test(`${path} is for everybody`, { tag: ['@phone'] }, async ({ page, weida, complaints }) => {
    test.setTimeout(60_000)
    if (path.startsWith('/no-such') || path.startsWith('/setup')) complaints.expect(/404|403/)
    const at = (await as?.(page, weida)) ?? path
    for (const [colorScheme, lang] of LOOKS) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${at}${at.includes('?') ? '&' : '?'}lang=${lang}`)
      await expect(page.locator('h1')).toHaveCount(1)
      await expect(page.locator('html')).toHaveAttribute('lang', lang === 'zh' ? 'zh-CN' : 'en')
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
    }
  })
}
