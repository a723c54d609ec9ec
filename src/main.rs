//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    weida::command::main()
}
