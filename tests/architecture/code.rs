//! Source text reduced to what the product is made of: no comments, no strings, no tests.

/// Where a character stands in Rust's text.
#[derive(Clone, Copy)]
enum Place {
    Code,
    LineComment,
    /// With the number of comments opened inside each other.
    BlockComment(usize),
    Text,
    /// With the number of hashes that end it.
    RawText(usize),
}

/// Code without comments, strings and everything under `#[cfg(test)]`, wherever in the file it stands.
pub fn product_code(text: &str) -> String {
    without_test_items(&without_words(text))
}

/// Code with comments taken out and strings emptied, line by line as before.
pub fn without_words(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut place = Place::Code;
    let mut at = 0;
    while at < chars.len() {
        let here = chars[at];
        let next = chars.get(at + 1).copied().unwrap_or('\0');
        let mut taken = 1;
        let was = place;
        match place {
            Place::Code => match (here, next) {
                ('/', '/') => place = Place::LineComment,
                ('/', '*') => {
                    place = Place::BlockComment(1);
                    taken = 2;
                }
                ('"', _) => {
                    place = Place::Text;
                    code.push('"');
                }
                ('r', '"' | '#') if !code.ends_with(is_word) || code.ends_with('b') => {
                    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                    if chars.get(at + 1 + hashes) == Some(&'"') {
                        place = Place::RawText(hashes);
                        code.push('"');
                        taken = hashes + 2;
                    } else {
                        code.push(here);
                    }
                }
                ('\'', _) => {
                    // A character, or the name of a lifetime.
                    let length = match next {
                        '\\' => chars[at + 3..].iter().position(|c| *c == '\'').map(|end| end + 4),
                        _ => (chars.get(at + 2) == Some(&'\'')).then_some(3),
                    };
                    code.push_str(if length.is_some() { "' '" } else { "'" });
                    taken = length.unwrap_or(1);
                }
                _ => code.push(here),
            },
            Place::LineComment if here == '\n' => place = Place::Code,
            Place::BlockComment(depth) => match (here, next) {
                ('/', '*') => (place, taken) = (Place::BlockComment(depth + 1), 2),
                ('*', '/') if depth == 1 => (place, taken) = (Place::Code, 2),
                ('*', '/') => (place, taken) = (Place::BlockComment(depth - 1), 2),
                _ => {}
            },
            Place::Text => match here {
                '\\' => taken = 2,
                '"' => {
                    place = Place::Code;
                    code.push('"');
                }
                _ => {}
            },
            Place::RawText(hashes) if here == '"' => {
                let follow = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                if follow >= hashes {
                    place = Place::Code;
                    code.push('"');
                    taken = hashes + 1;
                }
            }
            Place::LineComment | Place::RawText(_) => {}
        }
        // Lines keep their numbers.
        if !matches!(was, Place::Code) {
            let lines = chars[at..(at + taken).min(chars.len())].iter().filter(|c| **c == '\n').count();
            code.extend(std::iter::repeat_n('\n', lines));
        }
        at += taken;
    }
    code
}

/// Takes every item, field and statement with `#[cfg(test)]` in front out of code without comments and strings.
fn without_test_items(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(") {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let attribute = &from[..matching(from, 1).unwrap_or(from.len())];
        if is_for_tests(attribute) {
            rest = &from[attribute.len()..];
            let end = item_end(rest);
            kept.extend(std::iter::repeat_n('\n', rest[..end].matches('\n').count()));
            rest = &rest[end..];
        } else {
            kept.push_str(attribute);
            rest = &from[attribute.len()..];
        }
    }
    kept + rest
}

/// Whether what follows such an attribute is in tests only.
fn is_for_tests(attribute: &str) -> bool {
    let compact: String = attribute.chars().filter(|c| !c.is_whitespace()).collect();
    compact.starts_with("#[cfg(test)") || compact.starts_with("#[cfg(all(test,")
}

/// The end of the item at the beginning of `code`, its further attributes included.
fn item_end(code: &str) -> usize {
    let mut at = code.len() - code.trim_start().len();
    while code[at..].starts_with("#[") {
        at += matching(&code[at..], 1).unwrap_or(code.len() - at);
        at += code[at..].len() - code[at..].trim_start().len();
    }
    let visibility = code[at..].strip_prefix("pub").unwrap_or(&code[at..]).trim_start();
    let visibility = match visibility.starts_with('(') {
        true => visibility[matching(visibility, 0).unwrap_or(0)..].trim_start(),
        false => visibility,
    };
    let keyword = visibility.split(|c| !is_word(c)).next().unwrap_or("");
    let is_item = ["fn", "mod", "struct", "enum", "trait", "impl", "type", "macro_rules", "unsafe", "async"];
    let ends_at_semicolon =
        ["use", "const", "static", "let"].contains(&keyword) && !visibility.contains("const fn");
    let ends_at_comma = !ends_at_semicolon && !is_item.contains(&keyword) && keyword != "const";
    while at < code.len() {
        let here = code[at..].chars().next().unwrap_or(' ');
        match here {
            '{' => {
                at += matching(&code[at..], 0).unwrap_or(code.len() - at);
                if !ends_at_semicolon {
                    return at;
                }
            }
            '(' | '[' => at += matching(&code[at..], 0).unwrap_or(code.len() - at),
            ';' => return at + 1,
            ',' if ends_at_comma => return at + 1,
            // The end of what it stands in: a last field without a comma.
            '}' => return at,
            _ => at += here.len_utf8(),
        }
    }
    at
}

/// The length of the bracketed piece of `code` that opens at `from`, everything before included.
fn matching(code: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, here) in code.char_indices().skip_while(|(at, _)| *at < from) {
        match here {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Names of the modules in files of their own that only tests have.
pub fn test_modules(text: &str) -> Vec<String> {
    let all = modules(&without_words(text));
    let product = modules(&product_code(text));
    all.into_iter().filter(|name| !product.contains(name)).collect()
}

/// Names of the modules that a file declares to be in files of their own.
pub fn modules(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("mod ") {
        let rest = &code[at + "mod ".len()..];
        let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
        if !code[..at].ends_with(is_word) && rest[name.len()..].trim_start().starts_with(';') {
            names.push(name);
        }
    }
    names
}

/// Every function of the code: its name and its body.
pub fn functions(code: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let rest = &code[at + "fn ".len()..];
        let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
        let Some(open) = body_start(rest) else { continue };
        if code[..at].ends_with(is_word) || name.is_empty() || rest[open..].starts_with(';') {
            continue;
        }
        let body = &rest[open..];
        found.push((name, &body[..matching(body, 0).unwrap_or(body.len())]));
    }
    found
}

/// Where the body of a function begins or a semicolon stands instead of one; those of array types do not count.
fn body_start(signature: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += signature[at..].find(['{', ';', '(', '['])?;
        match signature.as_bytes()[at] {
            b'(' | b'[' => at += matching(&signature[at..], 0)?,
            _ => return Some(at),
        }
    }
}

/// Whether it can be part of a name.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `code` holds the word and not only a longer one with it inside.
pub fn names(code: &str, word: &str) -> bool {
    let ends_in_word = word.ends_with(is_word);
    code.match_indices(word).any(|(at, _)| {
        let is_begun = word.starts_with(is_word) && code[..at].ends_with(is_word);
        let goes_on = ends_in_word && code[at + word.len()..].starts_with(is_word);
        !is_begun && !goes_on
    })
}

#[test]
fn comments_and_words_are_taken_out_and_lines_keep_their_numbers() {
    let code = "let a = \"use crate::x; // \\\" }\"; // fs\n/* mod /* in */ a */ let b = '\\''; let c: &'a str = r#\"\"{\"#;\nend";
    assert_eq!(without_words(code), "let a = \"\"; \n let b = ' '; let c: &'a str = \"\";\nend");
}

#[test]
fn only_what_is_for_tests_is_taken_out() {
    let code = "struct A {\n#[cfg(test)] seen: Vec<u8>,\nb: u8 }\n#[cfg(test)]\nmod tests { fn a() { {} } }\nfn kept() {}\n\
        #[cfg(test)]\n#[path = \"x.rs\"]\nmod x;\n#[cfg(all(test, unix))] pub(crate) fn f<A, B>(a: A) { b; }\n\
        #[cfg(test)] use a::{b, c};\n#[cfg(test)] const N: [u8; 2] = { [0; 2] };\n#[cfg(unix)] fn also_kept() {}";
    let words = product_code(code).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words, "struct A { b: u8 } fn kept() {} #[cfg(unix)] fn also_kept() {}");
}

#[test]
fn modules_in_files_are_told_from_those_in_place() {
    let text = "pub mod a;\nmod b { mod c; }\n#[cfg(test)]\nmod tests;";
    assert_eq!(
        (modules(text), test_modules(text)),
        (vec!["a".into(), "c".into(), "tests".into()], vec!["tests".into()])
    );
}

#[test]
fn functions_are_found_with_their_bodies() {
    let code =
        "trait A { fn a(&self); fn b(&self) -> [u8; 2] { [1; 2] } }\nfn c<T>(x: T) where T: B { { y } }";
    assert_eq!(functions(code), [("b".to_owned(), "{ [1; 2] }"), ("c".to_owned(), "{ { y } }")]);
}
