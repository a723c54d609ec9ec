import { defineConfig } from '@playwright/test'
import { browser } from './chromium.ts'

/** Screenshots of pages in two widths and two themes: `cargo xtask shots`. */
export default defineConfig({
  testDir: '.',
  testMatch: 'shots.ts',
  outputDir: '../test-results',
  workers: 2,
  fullyParallel: true,
  reporter: 'line',
  use: { ...browser, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' },
  projects: [360, 1440].flatMap(width =>
    (['light', 'dark'] as const).map(colorScheme => ({
      name: `${width}-${colorScheme}`,
      use: { viewport: { width, height: width < 600 ? 740 : 900 }, deviceScaleFactor: width < 600 ? 2 : 1, colorScheme },
    })),
  ),
})
