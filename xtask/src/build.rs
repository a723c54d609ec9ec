//! Builds the program and its site: `target/release/weida` (or `target/dist/weida`) and `target/site`.

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
    /// The program of packages: `[profile.dist]`.
    Dist,
}

impl Profile {
    pub fn program(self) -> PathBuf {
        let folder = match self {
            Self::Dev => "debug",
            Self::Release => "release",
            Self::Dist => "dist",
        };
        target_dir().join(folder).join("weida")
    }

    /// The tool that adds many users to a database, for tests.
    pub fn crowd(self) -> PathBuf {
        self.program().with_file_name("examples").join("crowd")
    }

    /// Cargo's wasm output, before bindgen.
    fn wasm(self) -> PathBuf {
        target_dir().join(TARGET).join(if self == Self::Dev { "debug" } else { "wasm" }).join("weida.wasm")
    }
}

/// Builds server and wasm in parallel: they use different build locks, and each leaves a core idle while it links.
pub fn release() -> Result {
    optimised(Profile::Release)
}

/// Builds the program of packages, and its site.
pub fn dist() -> Result {
    optimised(Profile::Dist)
}

fn optimised(profile: Profile) -> Result {
    let compiler = Compiler::ensure()?;
    let (wasm, server) = thread::scope(|scope| {
        // Two cargos would overwrite each other on the terminal, so the shorter build is silent.
        let wasm = scope.spawn(|| step("wasm", || quietly(&mut wasm(compiler, profile)).map(drop)));
        let server = step("server", || run(&mut server(profile)));
        (wasm.join().unwrap_or_else(|_| Err(Failure::new("the wasm build panicked"))), server)
    });
    server?;
    wasm?;
    site::assemble(&profile.wasm(), profile)
}

/// Builds server and wasm in sequence, because both use the profile `dev` and its build lock.
///
/// After `cargo test`, `like` is `["--tests"]`: test dependencies enable features of crates that the program also uses, and without
/// the same features half of the crates would be compiled again.
pub fn dev(like: &[&str]) -> Result {
    let compiler = Compiler::ensure()?;
    step("server", || run(server(Profile::Dev).args(like)))?;
    step("wasm", || run(&mut wasm(compiler, Profile::Dev)))?;
    site::assemble(&Profile::Dev.wasm(), Profile::Dev)
}

/// Replaces this process by the program; returns only if it cannot be started.
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
        Profile::Dist => command.args(["--profile", "dist"]),
        // The users of the browser tests.
        Profile::Dev => command.args(["--example", "crowd"]),
    };
    command
}

fn wasm(compiler: Compiler, profile: Profile) -> Command {
    let mut command = compiler.cargo();
    // The crate type is set here and not in Cargo.toml; otherwise the server build would link an unused library.
    brief(command.arg("rustc")).args(["--package", "weida", "--lib", "--crate-type", "cdylib"]);
    command.args(["--target", TARGET, "--profile", if profile == Profile::Dev { "dev" } else { "wasm" }]);
    command.args(["--no-default-features", "--features", "hydrate"]);
    command
}
