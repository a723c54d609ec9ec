import { defineConfig } from '@playwright/test'
import { browser } from './chromium.ts'

const isForDocs = process.env.WEIDA_SHOTS === 'docs'
const all = process.env.WEIDA_SHOTS === 'all'
const widths = isForDocs ? [360, 1440] : all ? [360, 1280, 1440, 1920] : [360, 1440]
const themes = isForDocs ? (['light'] as const) : (['light', 'dark'] as const)

/**
 * Screenshots of pages in two widths and two themes: `cargo xtask shots`; in four widths, two themes and two languages: `shots all`;
 * those of the README: `shots docs`.
 */
export default defineConfig({
  testDir: '.',
  testMatch: isForDocs ? 'gallery.ts' : 'shots.ts',
  outputDir: '../test-results',
  workers: 2,
  fullyParallel: true,
  reporter: 'line',
  use: { ...browser, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' },
  projects: widths.flatMap(width =>
    themes.map(colorScheme => ({
      name: `${width}-${colorScheme}`,
      use: { viewport: { width, height: width < 600 ? 740 : 900 }, deviceScaleFactor: width < 600 ? 2 : 1, colorScheme },
    })),
  ),
})
