import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '../..')
const START_MS = 20_000
const STOP_MS = 10_000

/** The program in the sandbox, with its own database. */
export class Weida {
  private child?: ChildProcess
  private exited: Promise<void> = Promise.resolve()
  private output = ''
  /** The printed setup link; it works once. */
  private link?: string
  private crowded = 0

  private constructor(
    readonly url: string,
    readonly directory: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts another program; `env` is added to its environment. The caller ends it with `dispose`. */
  static async start(env: Record<string, string> = {}): Promise<Weida> {
    const directory = await mkdtemp(join(tmpdir(), 'weida-e2e-'))
    const weida = new Weida(`http://127.0.0.1:${await freePort()}`, directory, env)
    try {
      await weida.up()
    } catch (error) {
      await weida.dispose()
      throw error
    }
    return weida
  }

  /** The setup link for the first administrator. */
  get adminLink(): string {
    if (!this.link) throw new Error(`no /setup?key=… was printed:\n${this.output}`)
    return this.link
  }

  /** Creates an administrator at the command line. Returns name and password. */
  async admin(username: string): Promise<[string, string]> {
    const said = await run(program(), ['admin', 'create', username], this.environment())
    const password = /password: (\S+)/.exec(said)
    if (!password) throw new Error(`no password in: ${said}`)
    return [username, password[1]!]
  }

  /** Adds users to the database up to this count: crowd000000, crowd000001, … with ids from 2000000 on. */
  async crowd(count: number): Promise<void> {
    if (count <= this.crowded) return
    await run(named('WEIDA_CROWD'), [this.database, String(this.crowded), String(count)], inherited())
    this.crowded = count
  }

  /** The program's log since its start. */
  async log(): Promise<string> {
    return readFile(join(this.directory, 'log'), 'utf8').catch(() => '')
  }

  /** Starts it at the same address on the same data; does nothing if it runs. */
  async up(): Promise<void> {
    if (this.child) return
    const child = spawn(program(), [], {
      cwd: ROOT,
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    this.output = ''
    const log = createWriteStream(join(this.directory, 'log'), { flags: 'a' })
    child.stdout!.setEncoding('utf8').on('data', (text: string) => this.read(text))
    child.stdout!.pipe(log, { end: false })
    child.stderr!.pipe(log, { end: false })
    this.exited = new Promise(done => {
      const gone = () => {
        if (this.child === child) this.child = undefined
        log.end()
        done()
      }
      child.once('exit', gone).once('error', gone)
    })
    await this.ready(child)
  }

  private get database(): string {
    return `sqlite://${join(this.directory, 'weida.db')}`
  }

  private environment(): Record<string, string> {
    return { ...inherited(), LEPTOS_SITE_ADDR: new URL(this.url).host, DATABASE_URL: this.database, ...this.env }
  }

  /** Ends it with SIGTERM and waits for it to finish. */
  async down(): Promise<void> {
    await this.end('SIGTERM')
  }

  /** Ends it with SIGKILL. `up` starts it again. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  /** Ends it with SIGTERM and starts it again. */
  async restart(): Promise<void> {
    await this.down()
    await this.up()
  }

  /** Ends it and removes its data. */
  async dispose(): Promise<void> {
    await this.kill()
    await rm(this.directory, { recursive: true, force: true })
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.child
    if (!child) return
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await this.exited
    clearTimeout(late)
  }

  private read(text: string) {
    this.output += text
    const found = this.output.match(/(https?:\/\/\S+)?(\/setup\?key=[\w~.%-]+)/)
    if (found) this.link = this.url + found[2]
  }

  /** Waits until it has printed its address and answers. */
  private async ready(child: ChildProcess): Promise<void> {
    const until = Date.now() + START_MS
    while (Date.now() < until && this.child === child) {
      if (this.output.includes(this.url) && (await answers(this.url))) return
      await new Promise(done => setTimeout(done, 20))
    }
    const why = this.child === child ? `does not serve after ${START_MS / 1000} s` : 'ended while starting'
    throw new Error(`Weida ${why}:\n${await this.log()}`)
  }
}

function program(): string {
  return named('WEIDA_BIN')
}

/** The path of a program from an environment variable. */
function named(variable: string): string {
  const bin = process.env[variable]
  if (!bin) throw new Error(`${variable} names no program; run the tests with: cargo xtask e2e`)
  return bin
}

/** Runs a program to its end and returns its output. */
async function run(bin: string, args: string[], env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(bin, args, { cwd: ROOT, env })
  return stdout
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(answer => answer.ok, () => false)
}

/** Our environment without settings of the program: tests must not depend on the calling shell. */
function inherited(): Record<string, string> {
  const foreign = /^(WEIDA|WECHAT|WX|LEPTOS|JWT|TOKEN|MYSQL|DATABASE|ILINK)_/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))) as Record<string, string>
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}
