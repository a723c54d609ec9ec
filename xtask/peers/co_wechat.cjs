// co-wechat on Koa, with rules in memory: what the benchmark compares with. co_wechat.cjs PORT RULES TOKEN
const Koa = require('koa')
const wechat = require('co-wechat')

const [port, rules, token] = process.argv.slice(2)
const answers = new Map(Array.from({ length: Number(rules) }, (_, n) => [`关键词${n}`, `[回复 ${n}]`]))
const app = new Koa()
app.use(wechat(token).middleware(async (message) => answers.get(message.Content) ?? ''))
app.listen(Number(port), '127.0.0.1', () => console.log(`listening on ${port}`))
