//! Assembles `target/site`, the static files: `pkg/` is generated, the rest is a copy of `public/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};

use crate::{
    assets, clock,
    shell::{Context, Failure, Result, step},
};

const SITE: &str = "target/site";
const PKG: &str = "target/site/pkg";
/// The style sheets: their source, and their name in the site. That of the console is added on its own pages; that of the pages that
/// visitors see first replaces the main one.
const STYLES: [(&str, &str); 3] =
    [("style/main.css", "weida.css"), ("style/console.css", "console.css"), ("style/visitor.css", "visitor.css")];

/// Assembles the site from `style/` and `public/`.
pub fn assemble() -> Result {
    fs::create_dir_all(PKG).context(PKG)?;
    step("style and public", || {
        for (source, name) in STYLES {
            write_if_changed(&Path::new(PKG).join(name), style(Path::new(source))?.as_bytes())?;
        }
        mirror(Path::new("public"), Path::new(SITE), &["pkg"])
    })?;
    step("names and compression", || assets::publish(Path::new(SITE), clock::now()))
}

/// Bundles one stylesheet with its imports, and lowers syntax that the oldest supported browsers lack.
fn style(file: &Path) -> Result<String> {
    // The version is in the upper half: Chrome 90 (2021) and iOS 14, the oldest in use by WeChat's browser.
    let browsers =
        Browsers { chrome: Some(90 << 16), safari: Some(14 << 16), ios_saf: Some(14 << 16), ..Browsers::default() };
    let targets = Targets::from(browsers);
    let fault = |error: String| Failure::new(format!("{}: {error}", file.display())).fix("correct the named line");
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(file).map_err(|error| fault(error.to_string()))?;
    let minify = MinifyOptions { targets, ..MinifyOptions::default() };
    sheet.minify(minify).map_err(|error| fault(error.to_string()))?;
    let printer = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    sheet.to_css(printer).map(|css| css.code).map_err(|error| fault(error.to_string()))
}

/// Copies `from` to `to` and removes other files, except the top-level names in `kept`. Unchanged files are not touched.
fn mirror(from: &Path, to: &Path, kept: &[&str]) -> Result {
    fs::create_dir_all(to).context(to.display())?;
    let wanted = names(from)?;
    for name in names(to)? {
        let is_kept = kept.iter().any(|kept| name == Path::new(kept));
        // A compressed variant belongs to its plain file.
        let is_variant = assets::plain_of(&name).is_some_and(|plain| wanted.contains(&plain));
        if !is_kept && !is_variant && !wanted.contains(&name) {
            let stale = to.join(name);
            if stale.is_dir() { fs::remove_dir_all(&stale) } else { fs::remove_file(&stale) }
                .context(stale.display())?;
        }
    }
    for name in wanted {
        let (source, copy) = (from.join(&name), to.join(&name));
        if source.is_dir() {
            mirror(&source, &copy, &[])?;
        } else {
            write_if_changed(&copy, &fs::read(&source).context(source.display())?)?;
        }
    }
    Ok(())
}

/// The names in a directory; none if it does not exist.
pub fn names(directory: &Path) -> Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(directory).context(directory.display())?;
    entries.map(|entry| Ok(entry.context(directory.display())?.file_name().into())).collect()
}

/// Writes a file only if its content differs, because browsers and proxies revalidate by its modification time.
pub fn write_if_changed(file: &Path, content: &[u8]) -> Result {
    if fs::read(file).is_ok_and(|known| known == content) {
        return Ok(());
    }
    fs::write(file, content).context(file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A temporary directory for one test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn layers_and_imports_survive_and_nesting_is_lowered() {
        let scratch = Scratch::new("style");
        fs::write(scratch.0.join("base.css"), "nav { & a { color: oklch(60% 0.1 150); &:hover { inset: 0 } } }")
            .unwrap();
        let main = scratch.0.join("main.css");
        fs::write(&main, "@layer reset, base; @import 'base.css' layer(base); @layer reset { * { margin: 0 } }")
            .unwrap();
        let css = style(&main).unwrap();
        let [reset, base] = ["@layer reset{", "@layer base{"].map(|layer| css.find(layer).unwrap());
        assert!(reset < base, "{css}");
        assert!(css.contains("nav a:hover{"), "{css}");
        assert!(css.contains("color:#") && !css.contains("oklch"), "{css}");
        assert!(!css.contains('&'), "{css}");
    }

    #[test]
    fn a_mistake_in_the_style_names_its_file_and_line() {
        let scratch = Scratch::new("fault");
        let main = scratch.0.join("main.css");
        fs::write(&main, "a { color: red }\n@import 'nowhere.css'\n} {").unwrap();
        let fault = style(&main).unwrap_err().to_string();
        assert!(fault.contains("main.css:1:8"), "{fault}");
    }

    #[test]
    fn a_mirror_removes_stale_files_and_keeps_its_own() {
        let scratch = Scratch::new("mirror");
        let (from, to) = (scratch.0.join("from"), scratch.0.join("to"));
        fs::create_dir_all(from.join("icons")).unwrap();
        fs::write(from.join("icons/a.svg"), "a").unwrap();
        fs::create_dir_all(to.join("pkg")).unwrap();
        fs::create_dir_all(to.join("old")).unwrap();
        mirror(&from, &to, &["pkg"]).unwrap();
        assert!(to.join("icons/a.svg").is_file() && to.join("pkg").is_dir() && !to.join("old").exists());
    }
}
