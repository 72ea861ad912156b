//! Licence expressions of SPDX: may this be part of a program under MIT or Apache-2.0 that is given away as a binary?

/// Licences that ask for no more than their text and their authors' names; MPL-2.0 also for the source of its own files,
/// unchanged here, and the two of the fonts that the fonts stay under them.
const FIT: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "OFL-1.1",
    "Ubuntu-font-1.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Exceptions only ever allow more.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Whether one of the choices that an expression offers fits.
///
/// # Errors
/// What is wrong with the expression.
pub fn fits(expression: &str) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    let fits = any(&mut rest)?;
    if rest.is_empty() { Ok(fits) } else { Err(format!("`{}` is left over", rest.join(" "))) }
}

fn any(words: &mut &[&str]) -> Result<bool, String> {
    let mut fits = all(words)?;
    while take(words, "OR") {
        fits |= all(words)?;
    }
    Ok(fits)
}

fn all(words: &mut &[&str]) -> Result<bool, String> {
    let mut fits = one(words)?;
    while take(words, "AND") {
        fits &= one(words)?;
    }
    Ok(fits)
}

fn one(words: &mut &[&str]) -> Result<bool, String> {
    let Some((&word, rest)) = words.split_first() else { return Err("a licence is missing".into()) };
    *words = rest;
    if word == "(" {
        let fits = any(words)?;
        return if take(words, ")") { Ok(fits) } else { Err("a bracket stays open".into()) };
    }
    if matches!(word, "OR" | "AND" | "WITH" | ")") {
        return Err(format!("`{word}` stands where a licence should"));
    }
    if !take(words, "WITH") {
        return Ok(FIT.contains(&word));
    }
    let Some((&exception, rest)) = words.split_first() else { return Err("an exception is missing".into()) };
    *words = rest;
    Ok(FIT.contains(&word) && EXCEPTIONS.contains(&exception))
}

fn take(words: &mut &[&str], wanted: &str) -> bool {
    match words.split_first() {
        Some((&word, rest)) if word == wanted => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_is_enough_and_every_part_counts() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("Apache-2.0 OR GPL-2.0-only", true),
            ("MIT AND GPL-2.0-only", false),
            ("(MIT OR Apache-2.0) AND OFL-1.1 AND Ubuntu-font-1.0", true),
            ("(MIT OR Apache-2.0) AND LGPL-3.0-only", false),
            ("GPL-2.0-only OR MIT AND ISC", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ] {
            assert_eq!(fits(expression), Ok(expected), "{expression}");
        }
        for broken in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND", "MIT WITH"] {
            assert!(fits(broken).is_err(), "{broken}");
        }
    }
}
