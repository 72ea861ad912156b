//! Finding presets by words and tags.

use super::{Entry, Library};

impl Library {
    /// Presets that hold every one of the words, in any case, anywhere in name, description or tags, and have the tag
    /// if one is given. Those that hold all words in their name come first; otherwise in the library's order.
    pub fn find(&self, words: &str, tag: Option<&str>) -> Vec<&Entry> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let tag = tag.map(str::to_lowercase);
        let holds_all = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        let mut found: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| holds_all(&entry.text()))
            .filter(|entry| {
                tag.as_ref().is_none_or(|tag| entry.tags.iter().any(|own| own.to_lowercase() == *tag))
            })
            .collect();
        found.sort_by_key(|entry| !holds_all(&entry.name.to_lowercase()));
        found
    }

    /// Every tag in use with the number of its presets, whatever the case, in alphabetical order.
    pub fn tags(&self) -> Vec<(String, usize)> {
        let mut tags: Vec<(String, usize)> = Vec::new();
        for tag in self.entries.iter().flat_map(|entry| &entry.tags) {
            let tag = tag.to_lowercase();
            match tags.binary_search_by(|(known, _)| known.cmp(&tag)) {
                Ok(at) => tags[at].1 += 1,
                Err(at) => tags.insert(at, (tag, 1)),
            }
        }
        tags
    }
}

impl Entry {
    /// What is searched. Line breaks keep words from matching across two parts.
    fn text(&self) -> String {
        format!("{}\n{}\n{}", self.name, self.description, self.tags.join("\n")).to_lowercase()
    }
}
