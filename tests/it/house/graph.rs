//! The graph of imports between files.

use super::lexer::tokens;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A module's path below the crate's root; empty for the root itself.
type Module = Vec<String>;

/// The files of the crate by their modules, and the files that each one imports. A module and its submodules count as one: imports
/// between them are left out.
#[derive(Debug, Default)]
pub struct Graph {
    files: HashMap<Module, String>,
    imports: BTreeMap<String, BTreeSet<String>>,
}

/// What one file says.
struct File {
    module: Module,
    /// Absolute paths that it names.
    paths: Vec<Module>,
    /// Names that it re-exports, with their absolute paths.
    exports: HashMap<String, Module>,
}

impl Graph {
    /// The graph of files, each with its path below `src/` and its text.
    pub fn of(sources: &[(String, String)]) -> Self {
        let names: HashMap<Module, String> = sources.iter().map(|(name, _)| (module(name), name.clone())).collect();
        let modules: HashSet<Module> = names.keys().cloned().collect();
        let files: Vec<File> = sources.iter().map(|(name, text)| read(module(name), text, &modules)).collect();
        let exports: HashMap<&Module, &HashMap<String, Module>> =
            files.iter().map(|file| (&file.module, &file.exports)).collect();
        let mut graph = Self { files: names, imports: BTreeMap::new() };
        for file in &files {
            let targets = file.paths.iter().map(|path| defined_in(path, &modules, &exports));
            let others = targets.filter(|target| !is_related(&file.module, target));
            let others: BTreeSet<String> = others.map(|target| graph.files[&target].clone()).collect();
            graph.imports.insert(graph.files[&file.module].clone(), others);
        }
        graph
    }

    /// Each pair of files of which the first imports the second.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.imports.iter().flat_map(|(from, to)| to.iter().map(|to| (from.as_str(), to.as_str())))
    }

    /// Files that import each other in a circle: each imports the next one, the last one the first. None where there is no circle.
    pub fn circle(&self) -> Option<Vec<String>> {
        let mut done = HashSet::new();
        self.imports.keys().find_map(|file| self.walk(file, &mut Vec::new(), &mut done))
    }

    fn walk<'a>(&'a self, file: &'a str, way: &mut Vec<&'a str>, done: &mut HashSet<&'a str>) -> Option<Vec<String>> {
        if let Some(at) = way.iter().position(|before| *before == file) {
            return Some(way[at..].iter().map(|file| (*file).to_owned()).collect());
        }
        if done.contains(file) {
            return None;
        }
        way.push(file);
        let found = self.imports.get(file).into_iter().flatten().find_map(|next| self.walk(next, way, done));
        way.pop();
        done.insert(file);
        found
    }
}

/// `core/rule/mod.rs` and `core/rule.rs` are `core::rule`.
fn module(name: &str) -> Module {
    let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { Module::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// True where one is the other, or inside of it.
fn is_related(a: &Module, b: &Module) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// The module of the file that defines what a path names.
fn defined_in(
    path: &[String],
    modules: &HashSet<Module>,
    exports: &HashMap<&Module, &HashMap<String, Module>>,
) -> Module {
    let mut path = path.to_vec();
    // No name is re-exported that often.
    for _ in 0..16 {
        let depth = (0..=path.len()).rev().find(|depth| modules.contains(&path[..*depth])).unwrap_or(0);
        let module = path[..depth].to_vec();
        let Some(source) = path.get(depth).and_then(|name| exports.get(&module)?.get(name)) else { return module };
        path = source.iter().chain(&path[depth + 1..]).cloned().collect();
    }
    Module::new()
}

/// Reads the paths of one file: those of its `use`, and those that stand where they are used.
fn read(module: Module, text: &str, modules: &HashSet<Module>) -> File {
    let tokens = tokens(text);
    let mut file = File { module: module.clone(), paths: Vec::new(), exports: HashMap::new() };
    let (mut local, mut inline): (HashMap<String, Module>, Vec<Module>) = (HashMap::new(), Vec::new());
    // The module of this place: a file may have modules in braces.
    let (mut base, mut depth, mut opened) = (module, 0_usize, Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if opened.last() == Some(&depth) {
                    opened.pop();
                    base.pop();
                }
            }
            "mod" if tokens.get(at + 2).is_some_and(|t| t == "{") => {
                base.push(tokens[at + 1].clone());
                opened.push(depth);
            }
            // `use<…>` of a return type is another thing.
            "use" if tokens.get(at + 1).is_some_and(|t| t != "<") => {
                let is_public = at > 0 && matches!(tokens[at - 1].as_str(), "pub" | ")");
                let mut tree = Vec::new();
                at = branches(&tokens, at + 1, &Module::new(), &mut tree);
                for (path, name) in tree {
                    let Some(path) = absolute(&path, &base, modules) else { continue };
                    if is_public {
                        file.exports.insert(name.clone(), path.clone());
                    }
                    file.paths.push(path.clone());
                    local.insert(name, path);
                }
            }
            word if is_word(word) && (at == 0 || tokens[at - 1] != "::") => {
                let mut path = vec![word.to_owned()];
                while tokens.get(at + 1).is_some_and(|t| t == "::") && tokens.get(at + 2).is_some_and(|t| is_word(t)) {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                match absolute(&path, &base, modules) {
                    Some(path) => file.paths.push(path),
                    None => inline.push(path),
                }
            }
            _ => {}
        }
        at += 1;
    }
    for path in inline {
        // A name that was imported stands for its whole path.
        if let Some(source) = local.get(&path[0]).filter(|_| path.len() > 1) {
            file.paths.push(source.iter().chain(&path[1..]).cloned().collect());
        }
    }
    file
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads a tree of `use` from `at`: each path with the name that it has here. Returns where the tree ends.
fn branches(tokens: &[String], mut at: usize, before: &Module, found: &mut Vec<(Module, String)>) -> usize {
    let (mut path, mut name) = (before.clone(), None);
    let mut is_end = false;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = branches(tokens, at, &path, found);
                    at += usize::from(tokens[at] == ",");
                }
                is_end = true;
            }
            "as" => {
                name = tokens.get(at + 1).cloned();
                at += 1;
            }
            "," | "}" | ";" => break,
            word if is_word(word) && !is_end => path.push(word.to_owned()),
            _ => {}
        }
        at += 1;
    }
    if is_end {
        return at;
    }
    // `a::{self}` is `a`.
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(name) = name.or_else(|| path.last().cloned()) {
        found.push((path, name));
    }
    at
}

/// A path from the crate's root; None where it leads out of the crate.
fn absolute(path: &[String], base: &Module, modules: &HashSet<Module>) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    let inside = |base: &[String], rest: &[String]| Some(base.iter().chain(rest).cloned().collect());
    match first.as_str() {
        // The program calls its library by name.
        "crate" | "weida" => inside(&[], rest),
        "self" => inside(base, rest),
        "super" => {
            let ups = path.iter().take_while(|word| *word == "super").count();
            inside(&base[..base.len().saturating_sub(ups)], &path[ups..])
        }
        _ => {
            let child: Module = base.iter().chain([first]).cloned().collect();
            modules.contains(&child).then(|| child.into_iter().chain(rest.iter().cloned()).collect())
        }
    }
}
