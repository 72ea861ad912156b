//! Who knows whom, file by file: every path in the code is followed to the file of the module that it leads into.
//!
//! What a module passes on with `pub use` counts as its own. A path through a macro is not seen.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{is_word, modules};

/// A module and its code: the path from the root of the crate, which itself has none.
pub type Modules = BTreeMap<Vec<String>, String>;

/// The path of modules that a file under `src` stands for.
pub fn module_of(file: &str) -> Vec<String> {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// The file under `src` of a module.
pub fn file_of(module: &[String]) -> String {
    if module.is_empty() { "lib.rs".to_owned() } else { module.join("/") + ".rs" }
}

/// The modules that each module knows, itself left out.
pub fn known_to_each(all: &Modules) -> BTreeMap<&[String], BTreeSet<&[String]>> {
    all.iter().map(|(module, code)| (module.as_slice(), known_to(all, module, code))).collect()
}

fn known_to<'a>(all: &'a Modules, module: &[String], code: &str) -> BTreeSet<&'a [String]> {
    let children = modules(code);
    let (uses, others) = paths(code);
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for path in uses {
        let (path, alias) = match path.iter().position(|word| word == "as") {
            Some(at) => (path[..at].to_vec(), path.get(at + 1).cloned()),
            None => (path.clone(), path.last().cloned()),
        };
        let Some(full) = absolute(&path, module, &children) else { continue };
        match (all.contains_key(&full), alias) {
            // A whole module by its name: what is taken from it stands where the name is used.
            (true, Some(alias)) => _ = aliases.insert(alias, full),
            _ => known.extend(leads_into(all, &full)),
        }
    }
    for path in others {
        let full = match aliases.get(&path[0]) {
            Some(start) => Some([start, &path[1..]].concat()),
            None => absolute(&path, module, &children),
        };
        known.extend(full.and_then(|full| leads_into(all, &full)));
    }
    known.remove(module);
    known
}

/// The path from the root of the crate, unless it leads out of the crate.
fn absolute(path: &[String], module: &[String], children: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|word| *word == "super").count();
    let (start, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (module, &path[1..]),
        "super" => (module.get(..module.len().checked_sub(supers)?)?, &path[supers..]),
        first if children.iter().any(|child| child == first) => (module, path),
        _ => return None,
    };
    Some([start, rest].concat())
}

/// The module on the path that is nearest to its end.
fn leads_into<'a>(all: &'a Modules, path: &[String]) -> Option<&'a [String]> {
    (0..=path.len())
        .rev()
        .find_map(|length| all.get_key_value(&path[..length]))
        .map(|(module, _)| module.as_slice())
}

/// All paths of the code, each as its words: those of `use`, groups written out, and those in between.
fn paths(code: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let tokens = tokens(code);
    let mut uses = Vec::new();
    let mut others = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            at = use_tree(&tokens, at + 1, &[], &mut uses);
        } else if is_name(&tokens[at]) && tokens.get(at + 1).is_some_and(|next| next == "::") {
            let mut path = vec![tokens[at].clone()];
            while tokens.get(at + 1).is_some_and(|next| next == "::")
                && tokens.get(at + 2).is_some_and(|w| is_name(w))
            {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            others.push(path);
            at += 1;
        } else {
            at += 1;
        }
    }
    (uses, others)
}

/// Writes out one tree of a `use` that begins at `at`; returns where it ends.
fn use_tree(tokens: &[String], mut at: usize, prefix: &[String], uses: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.as_str() {
            "::" => {}
            "{" => {
                while tokens.get(at).is_some_and(|next| next != "}" && next != ";") {
                    at = use_tree(tokens, at, &path, uses);
                    at += usize::from(tokens.get(at).is_some_and(|next| next == ","));
                }
                return at + 1;
            }
            // The module itself, under its own name.
            "self" if !path.is_empty() => {}
            "," | "}" | ";" => {
                at -= 1;
                break;
            }
            _ => path.push(token.clone()),
        }
    }
    uses.push(path);
    at
}

/// Words, double colons and every other sign by itself.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Groups of modules that know each other in a circle, each in order.
///
/// A module and what stands in its folder may know each other: steps down into a folder are left out and circles looked
/// for, then the same with the steps up.
pub fn circles(all: &Modules) -> Vec<Vec<String>> {
    let known = known_to_each(all);
    let mut found: Vec<Vec<String>> = Vec::new();
    let is_up = |from: &[String], to: &[String]| from.starts_with(to);
    let is_down = |from: &[String], to: &[String]| to.starts_with(from);
    for is_left_out in [&is_up as &dyn Fn(&[String], &[String]) -> bool, &is_down] {
        let mut reached: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
        for start in known.keys() {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![*start];
            while let Some(here) = waiting.pop() {
                let steps = known[here].iter().filter(|next| !is_left_out(here, next));
                waiting.extend(steps.filter(|next| seen.insert(**next)));
            }
            reached.insert(start, seen);
        }
        let mut done: BTreeSet<&[String]> = BTreeSet::new();
        for (start, seen) in &reached {
            if !seen.contains(start) || done.contains(start) {
                continue;
            }
            let circle: Vec<&[String]> =
                seen.iter().copied().filter(|other| reached[other].contains(start)).collect();
            found.push(circle.iter().map(|module| file_of(module)).collect());
            done.extend(circle);
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let all: Modules = files.iter().map(|(file, code)| (module_of(file), (*code).to_owned())).collect();
        circles(&all)
    }

    #[test]
    fn circles_are_found_whatever_way_a_path_is_written() {
        for way in [
            "use crate::b::B;",
            "use crate::{c, b::{self, B}};",
            "use crate::b; fn f(b: b::B) {}",
            "use crate::b as other; fn f(b: other::B) {}",
            "fn f(b: crate::b::B) {}",
            "use super::b::B;",
        ] {
            let files = [
                ("lib.rs", "mod a; mod b; mod c;"),
                ("a.rs", way),
                ("b.rs", "use crate::a::A;"),
                ("c.rs", ""),
            ];
            assert_eq!(circles_of(&files), [["a.rs", "b.rs"]], "{way}");
        }
        let across =
            [("a.rs", "mod b; mod c;"), ("a/b.rs", "use super::c::C;"), ("a/c.rs", "use crate::a::b::B;")];
        assert_eq!(circles_of(&across), [["a/b.rs", "a/c.rs"]]);
    }

    #[test]
    fn a_module_and_its_folder_may_know_each_other() {
        let family = [("a.rs", "mod b; use b::B;"), ("a/b.rs", "use super::A; fn f() { super::g() }")];
        assert!(circles_of(&family).is_empty());
    }

    #[test]
    fn circles_that_lead_through_a_folder_are_found_up_and_down() {
        let down =
            [("a.rs", "mod b; use b::B;"), ("a/b.rs", "use crate::c::C;"), ("c.rs", "use crate::a::A;")];
        assert_eq!(circles_of(&down), [["a.rs", "a/b.rs", "c.rs"]]);
        let up = [
            ("a.rs", "mod b; use crate::c::C;"),
            ("a/b.rs", "use super::A;"),
            ("c.rs", "use crate::a::b::B;"),
        ];
        assert_eq!(circles_of(&up), [["a.rs", "a/b.rs", "c.rs"]]);
    }
}
