import { defineConfig } from '@playwright/test'
import { browser } from './rig/chromium.ts'

/**
 * A test runs on a desktop unless its tags say otherwise: `{ tag: ['@desktop', '@phone', '@nojs'] }` runs it in all three.
 */
const tagged = { phone: /@phone\b/, nojs: /@nojs\b/, desktop: /@desktop\b|^(?!.*@(phone|nojs)\b)/s }

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A flaky test is a failure.
  retries: 0,
  workers: 2,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  reporter: process.env.WEIDA_E2E_REPORT
    ? [['list'], ['json', { outputFile: process.env.WEIDA_E2E_REPORT }]]
    : [['list']],
  use: {
    ...browser,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // Software rendering of endless animations takes a whole core.
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'desktop', grep: tagged.desktop, use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      grep: tagged.phone,
      use: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    },
    { name: 'nojs', grep: tagged.nojs, use: { viewport: { width: 360, height: 740 }, javaScriptEnabled: false } },
  ],
})
