//! The software bill of materials: every crate in the program, as `CycloneDX` 1.5 (<https://cyclonedx.org/docs/1.5/json/>).

use crate::shell::{Context, Failure, Result, cargo, quietly};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};
use toml::Table;

/// The program's own crate.
const PROGRAM: &str = "weida";

/// What the program of this platform is made of, as JSON.
pub fn of_program(host: &str) -> Result<Vec<u8>> {
    let metadata = ["metadata", "--locked", "--format-version", "1", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&quietly(cargo().args(metadata))?).context("cargo metadata")?;
    let lock: Table = fs::read_to_string("Cargo.lock").context("Cargo.lock")?.parse().context("Cargo.lock")?;
    let mut bill = bill(&metadata, &checksums(&lock))?;
    // Compiled from source inside of crates, or copied into the repository: no crate says so.
    let vendored = [
        ("swagger-ui", "Apache-2.0", "https://github.com/swagger-api/swagger-ui"),
        ("sqlite", "blessing", "https://www.sqlite.org"),
        ("libwebp", "BSD-3-Clause", "https://chromium.googlesource.com/webm/libwebp"),
    ];
    for (name, licence, from) in vendored {
        let component = json!({
            "type": "library", "name": name, "licenses": [{ "license": { "id": licence } }],
            "externalReferences": [{ "type": "website", "url": from }],
        });
        bill["components"].as_array_mut().into_iter().for_each(|all| all.push(component.clone()));
    }
    serde_json::to_vec_pretty(&bill).context("the SBOM")
}

/// The checksums of the crates' archives by name and version.
fn checksums(lock: &Table) -> BTreeMap<(String, String), String> {
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let of = |package: &toml::Value| {
        let text = |key: &str| package.get(key)?.as_str().map(str::to_owned);
        Some(((text("name")?, text("version")?), text("checksum")?))
    };
    packages.filter_map(of).collect()
}

/// The crates that the program is linked from: those that it reaches by normal dependencies, and not what only builds or tests it.
fn linked<'a>(metadata: &'a Value, root: &'a str) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let nodes = metadata["resolve"]["nodes"].as_array().into_iter().flatten();
    let nodes: BTreeMap<&str, &Value> = nodes.filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let (mut found, mut open) = (BTreeMap::new(), vec![root]);
    while let Some(id) = open.pop() {
        if found.contains_key(id) {
            continue;
        }
        let deps = nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten();
        let is_normal = |dep: &&Value| {
            dep["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        };
        let below: BTreeSet<&str> = deps.filter(is_normal).filter_map(|dep| dep["pkg"].as_str()).collect();
        open.extend(below.iter().copied());
        found.insert(id, below);
    }
    found
}

fn bill(metadata: &Value, checksums: &BTreeMap<(String, String), String>) -> Result<Value> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let packages: BTreeMap<&str, &Value> =
        packages.filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let root = packages.iter().find(|(_, package)| package["name"] == PROGRAM && package["source"].is_null());
    let (root, program) = root.ok_or_else(|| Failure::new("cargo metadata lists no crate of the program"))?;
    let linked = linked(metadata, root);
    let purl = |id: &str| {
        let package = packages.get(id)?;
        Some(format!("pkg:cargo/{}@{}", package["name"].as_str()?, package["version"].as_str()?))
    };
    let component = |package: &Value, purl: &str, kind: &str| {
        let (name, version) =
            (package["name"].as_str().unwrap_or_default(), package["version"].as_str().unwrap_or_default());
        let mut component = json!({ "type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl });
        if let Some(licence) = package["license"].as_str() {
            // The slash is an older way to write OR, which SPDX does not know.
            component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        if let Some(sum) = checksums.get(&(name.to_owned(), version.to_owned())) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
        }
        component
    };
    let crates = linked.keys().filter(|id| *id != root).filter_map(|id| Some((packages.get(id)?, purl(id)?)));
    let mut components: Vec<(String, Value)> =
        crates.map(|(package, purl)| (purl.clone(), component(package, &purl, "library"))).collect();
    components.sort_by(|one, other| one.0.cmp(&other.0));
    let mut dependencies: Vec<(String, Vec<String>)> = linked
        .iter()
        .filter_map(|(id, below)| {
            let mut below: Vec<String> = below.iter().filter_map(|id| purl(id)).collect();
            below.sort();
            Some((purl(id)?, below))
        })
        .collect();
    dependencies.sort();
    let own = purl(root).unwrap_or_default();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(program, &own, "application") },
        "components": components.into_iter().map(|(_, component)| component).collect::<Vec<_>>(),
        "dependencies": dependencies.into_iter().map(|(of, on)| json!({ "ref": of, "dependsOn": on })).collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_builds_or_tests_the_program_is_not_in_it() {
        let package = |name: &str| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "source": if name == PROGRAM { Value::Null } else { json!("registry") } });
        let dep = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package(PROGRAM), package("used"), package("deeper"), package("tests"), package("builds")],
            "resolve": { "nodes": [
                { "id": PROGRAM, "deps": [dep("used", Value::Null), dep("tests", json!("dev")), dep("builds", json!("build"))] },
                { "id": "used", "deps": [dep("deeper", Value::Null)] },
                { "id": "deeper", "deps": [] }, { "id": "tests", "deps": [] }, { "id": "builds", "deps": [] },
            ] },
        });
        let sums = [(("used".to_owned(), "1.0.0".to_owned()), "ab".repeat(32))].into();
        let bill = bill(&metadata, &sums).unwrap();
        let names: Vec<&str> =
            bill["components"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["deeper", "used"]);
        assert_eq!(bill["components"][1]["hashes"][0]["content"], "ab".repeat(32));
        assert_eq!(bill["components"][1]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(bill["dependencies"][2]["dependsOn"], json!(["pkg:cargo/used@1.0.0"]));
    }
}
