//! From display names to file names that every system takes.

/// Longest stem, in characters.
const MAX_CHARACTERS: usize = 40;
/// Stem of names without a letter or digit.
const NAMELESS: &str = "preset";

/// The stem of a file for a preset of that name: lower-case letters and digits of any script, words joined by single
/// hyphens. Different names may have the same; see [`numbered`].
pub fn stem(name: &str) -> String {
    let short: String = super::super::preset::slug(name).chars().take(MAX_CHARACTERS).collect();
    let stem = short.trim_end_matches('-');
    match stem {
        "" => NAMELESS.to_owned(),
        reserved if is_device(reserved) => format!("{reserved}-{NAMELESS}"),
        free => free.to_owned(),
    }
}

/// A stem and its successors: `name.json`, `name-2.json`, `name-3.json`…
pub fn numbered(stem: &str) -> impl Iterator<Item = String> {
    let first = format!("{stem}.json");
    std::iter::once(first).chain((2_u32..).map(move |number| format!("{stem}-{number}.json")))
}

/// Names that Windows keeps for devices, with any extension; of numbers also the raised ones.
fn is_device(stem: &str) -> bool {
    let is_port = |rest: &str| rest.chars().count() == 1 && rest.chars().all(char::is_numeric);
    matches!(stem, "con" | "prn" | "aux" | "nul")
        || ["com", "lpt"].iter().any(|port| stem.strip_prefix(port).is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_safe() {
        for (name, expected) in [
            ("Warm", "warm"),
            ("../x", "x"),
            ("/etc/passwd", "etc-passwd"),
            ("C:\\x\\..\\y.json", "c-x-y-json"),
            ("CON", "con-preset"),
            ("Nul.txt", "nul-txt"),
            ("com¹", "com¹-preset"),
            ("lpt9", "lpt9-preset"),
            ("com10", "com10"),
            (" . ", "preset"),
            ("", "preset"),
            ("…", "preset"),
            ("two\nlines", "two-lines"),
            ("Größe Ω 音", "größe-ω-音"),
            ("-rf", "rf"),
        ] {
            assert_eq!(stem(name), expected, "{name:?}");
        }
        let long = stem(&"𝔘 ".repeat(300));
        assert!(long.chars().count() <= 40 && !long.ends_with('-'));
        // With the temporary name around it, still below the 255 bytes of every file system.
        assert!(stem(&"𝔘".repeat(300)).len() <= 160);
    }

    #[test]
    fn numbers_follow() {
        let names: Vec<String> = numbered("warm").take(3).collect();
        assert_eq!(names, ["warm.json", "warm-2.json", "warm-3.json"]);
    }
}
