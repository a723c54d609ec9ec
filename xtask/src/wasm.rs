//! Finds or installs a compiler with the target `wasm32-unknown-unknown`.

use std::{path::Path, process::Command};

use crate::shell::{Failure, Result, cargo, quietly, run, step};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// The compiler for the browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// The toolchain that also compiles the server.
    Same,
    /// Debian's, for machines that cannot reach rustup's server.
    Debian,
}

impl Compiler {
    /// Finds a compiler with the target; installs the target the first time.
    pub fn ensure() -> Result<Self> {
        if let Some(compiler) = Self::find() {
            return Ok(compiler);
        }
        step("the wasm target", || run(&mut Command::new("scripts/wasm-target.sh")))
            .ok()
            .and_then(|()| Self::find())
            .ok_or_else(|| {
                Failure::new(format!("this machine has no target {TARGET}"))
                    .fix(format!("rustup target add {TARGET}; without rustup, scripts/wasm-target.sh as root"))
            })
    }

    fn find() -> Option<Self> {
        let has = |rustc: &str| {
            quietly(clean(&mut Command::new(rustc)).args(["--print", "sysroot"])).is_ok_and(|sysroot| {
                let libs = Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib");
                libs.read_dir().is_ok_and(|mut files| {
                    files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
                })
            })
        };
        if has("rustc") {
            Some(Self::Same)
        } else if Path::new("/usr/bin/cargo").is_file() && has("/usr/bin/rustc") {
            Some(Self::Debian)
        } else {
            None
        }
    }

    pub fn cargo(self) -> Command {
        match self {
            Self::Same => cargo(),
            Self::Debian => {
                let mut command = Command::new("/usr/bin/cargo");
                clean(&mut command).env("RUSTC", "/usr/bin/rustc").env_remove("RUSTUP_TOOLCHAIN");
                command
            }
        }
    }
}

/// Removes `LD_LIBRARY_PATH`: `cargo run` sets it to its own toolchain's libraries, which another compiler must not load.
fn clean(command: &mut Command) -> &mut Command {
    command.env_remove("LD_LIBRARY_PATH")
}
