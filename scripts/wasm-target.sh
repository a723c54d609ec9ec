#!/bin/sh
# Installs a Rust compiler for wasm32-unknown-unknown; does nothing if there is one.
#
# First it tries rustup. If rustup's server cannot be reached, it installs Debian's compiler and builds the standard
# library for wasm with it, once, in half a minute. `cargo xtask` then finds that compiler in /usr/bin.
#
# WASM_TARGET_BY=debian skips rustup.
set -eu

target=wasm32-unknown-unknown

# Whether this rustc has a core library for the target.
serves() {
    sysroot=$("$1" --print sysroot 2>/dev/null) || return 1
    ls "$sysroot/lib/rustlib/$target/lib"/libcore-*.rlib >/dev/null 2>&1
}

# Runs a command as root.
super() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

by_rustup() {
    serves rustc && return
    command -v rustup >/dev/null || return 1
    # An unreachable server must not block for minutes.
    timeout 120 rustup target add "$target"
}

by_debian() {
    serves /usr/bin/rustc && return
    command -v apt-get >/dev/null || { echo "no rustup server and no apt-get: $target cannot be installed" >&2; return 1; }
    super apt-get update -q >/dev/null || true
    super env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
        rustc-web cargo-web rust-web-src >/dev/null
    # rustc needs rust-lld, which Debian does not ship; the lld of the compiler's LLVM works in its place.
    llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
    super env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "lld-$llvm" >/dev/null

    rustlib=$(/usr/bin/rustc --print sysroot)/lib/rustlib
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # The library's profile "dist" embeds bitcode, which link-time optimisation needs.
    env -u LD_LIBRARY_PATH -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
        RUSTFLAGS=-Zforce-unstable-if-unmarked CARGO_TARGET_DIR="$work" \
        /usr/bin/cargo build --quiet --locked --profile dist --target "$target" \
        --manifest-path "$rustlib/src/rust/library/sysroot/Cargo.toml"
    super mkdir -p "$rustlib/$target/lib" "$rustlib/$host/bin"
    super ln -sf "/usr/lib/llvm-$llvm/bin/lld" "$rustlib/$host/bin/rust-lld"
    super cp "$work/$target"/dist/deps/lib*.rlib "$rustlib/$target/lib/"
    serves /usr/bin/rustc
}

[ "${WASM_TARGET_BY:-}" != debian ] && by_rustup && exit
by_debian
