//! Builds the program and its site: `target/release/weida` (or `target/dist/weida`) and `target/site`.

use std::{os::unix::process::CommandExt, path::PathBuf, process::Command};

use crate::{
    shell::{Failure, Result, brief, cargo, run, step, target_dir},
    site,
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
}

/// Builds the program for this machine, and its site.
pub fn release() -> Result {
    with_site(Profile::Release, &[])
}

/// Builds the program of packages, and its site.
pub fn dist() -> Result {
    with_site(Profile::Dist, &[])
}

/// Builds the program for tests, and its site.
///
/// After `cargo test`, `like` is `["--tests"]`: test dependencies enable features of crates that the program also uses, and without
/// the same features half of the crates would be compiled again.
pub fn dev(like: &[&str]) -> Result {
    with_site(Profile::Dev, like)
}

fn with_site(profile: Profile, like: &[&str]) -> Result {
    step("program", || run(program(profile).args(like)))?;
    site::assemble()
}

/// Replaces this process by the program; returns only if it cannot be started.
pub fn become_program(args: &[String]) -> Failure {
    let program = Profile::Release.program();
    let error = Command::new(&program).args(args).exec();
    Failure::new(format!("{}: {error}", program.display()))
}

fn program(profile: Profile) -> Command {
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
