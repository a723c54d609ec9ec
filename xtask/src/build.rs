//! The program and its site: `target/release/weida` and `target/site`.

use std::{os::unix::process::CommandExt, path::PathBuf, process::Command, thread};

use crate::{
    shell::{Failure, Result, brief, cargo, quietly, run, step, target_dir},
    site,
    wasm::{Compiler, TARGET},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub fn program(self) -> PathBuf {
        target_dir().join(if self == Self::Dev { "debug" } else { "release" }).join("weida")
    }

    /// What puts many people into a database, for tests.
    pub fn crowd(self) -> PathBuf {
        self.program().with_file_name("examples").join("crowd")
    }

    /// What cargo left of the browser's part, before bindgen.
    fn wasm(self) -> PathBuf {
        target_dir().join(TARGET).join(if self == Self::Dev { "debug" } else { "wasm" }).join("weida.wasm")
    }
}

/// Both halves at once: they have locks of their own, and each leaves a core idle while it links.
pub fn release() -> Result {
    let compiler = Compiler::ensure()?;
    let (wasm, server) = thread::scope(|scope| {
        // Two cargos on one terminal would write over each other: the shorter one is silent.
        let wasm = scope.spawn(|| step("wasm", || quietly(&mut wasm(compiler, Profile::Release)).map(drop)));
        let server = step("server", || run(&mut server(Profile::Release)));
        (wasm.join().unwrap_or_else(|_| Err(Failure::new("the wasm build panicked"))), server)
    });
    server?;
    wasm?;
    site::assemble(&Profile::Release.wasm(), Profile::Release)
}

/// One after the other: both halves are built in the profile `dev`, whose lock lets only one in.
///
/// After `cargo test`, `like` is `["--tests"]`: what only the tests depend on switches on features of crates that the
/// program has, too, and without it half of them would be compiled a second time.
pub fn dev(like: &[&str]) -> Result {
    let compiler = Compiler::ensure()?;
    step("server", || run(server(Profile::Dev).args(like)))?;
    step("wasm", || run(&mut wasm(compiler, Profile::Dev)))?;
    site::assemble(&Profile::Dev.wasm(), Profile::Dev)
}

/// Becomes the program; comes back only if it cannot be started.
pub fn become_program(args: &[String]) -> Failure {
    let program = Profile::Release.program();
    let error = Command::new(&program).args(args).exec();
    Failure::new(format!("{}: {error}", program.display()))
}

fn server(profile: Profile) -> Command {
    let mut command = cargo();
    brief(command.arg("build")).args(["--package", "weida", "--bin", "weida"]);
    match profile {
        Profile::Release => command.arg("--release"),
        // People for the browser tests.
        Profile::Dev => command.args(["--example", "crowd"]),
    };
    command
}

fn wasm(compiler: Compiler, profile: Profile) -> Command {
    let mut command = compiler.cargo();
    // The crate type is asked for here and not in Cargo.toml, or the server would link a useless library, too.
    brief(command.arg("rustc")).args(["--package", "weida", "--lib", "--crate-type", "cdylib"]);
    command.args(["--target", TARGET, "--profile", if profile == Profile::Dev { "dev" } else { "wasm" }]);
    command.args(["--no-default-features", "--features", "hydrate"]);
    command
}
