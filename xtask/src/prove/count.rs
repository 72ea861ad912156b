//! Tests counted from what cargo and pytest print.

use std::fmt::{self, Display, Formatter};

/// What was passed, failed and left out.
#[derive(Debug, Default, PartialEq)]
pub struct Count {
    passed: usize,
    failed: usize,
    /// What was left out, each with its reason.
    skipped: Vec<String>,
    /// Steps for which this machine lacks something that the project does not ask for.
    left_out: Vec<String>,
}

impl Count {
    /// Looks at one line of the output of cargo or pytest.
    pub fn read_line(&mut self, line: &str) {
        self.read_skip(line);
        let is_summary =
            line.starts_with("test result:") || (line.starts_with("===") && line.contains(" in "));
        if !is_summary {
            return;
        }
        let mut number = 0;
        for word in line.split([' ', ',', ';', '.']) {
            match word {
                "passed" => self.passed += number,
                "failed" | "error" | "errors" => self.failed += number,
                _ => number = word.parse().unwrap_or(number),
            }
        }
    }

    /// Notes a test that says it is left out: cargo's and pytest's way, and that of tests which find out while they run.
    fn read_skip(&mut self, line: &str) {
        if let Some(what) = line.strip_prefix("skipped: ") {
            self.skip(what);
        } else if let Some((name, reason)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ignored"))
        {
            self.skip(&format!("{name}{}", reason.replacen(',', ":", 1)));
        } else if let Some((number, what)) =
            line.strip_prefix("SKIPPED [").and_then(|rest| rest.split_once("] "))
        {
            // SKIPPED [2] tests/hosts/conftest.py:97: jackd is not installed
            (0..number.parse().unwrap_or(1)).for_each(|_| self.skip(what));
        }
    }

    /// Notes something that was left out.
    pub fn skip(&mut self, what: &str) {
        self.skipped.push(what.to_owned());
    }

    /// Notes a step that takes more than the project asks of a machine.
    pub fn leave_out(&mut self, what: &str) {
        self.left_out.push(what.to_owned());
    }

    /// Such steps.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Tests that were left out, each with its reason.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        let skipped = self.skipped.len() + self.left_out.len();
        if skipped == 0 { Ok(()) } else { write!(f, ", {skipped} skipped") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> Count {
        let mut count = Count::default();
        lines.iter().for_each(|line| count.read_line(line));
        count
    }

    #[test]
    fn both_kinds_of_summary_are_counted() {
        let count = counted(&[
            "test loudness ... FAILED",
            "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.24s",
            "=================================== FAILURES ===================================",
            "=========== 2 failed, 21 passed, 1 error in 75.08s (0:01:15) ===========",
        ]);
        assert_eq!(count, Count { passed: 33, failed: 4, ..Count::default() });
        assert_eq!(count.to_string(), "33 passed, 4 failed");
    }

    #[test]
    fn what_is_left_out_is_named_once() {
        let mut count = counted(&[
            "test writes ... ignored, needs a screen",
            "test other ... ignored",
            "skipped: windows: Xvfb is not installed",
            "test windows ... ok",
            "test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.24s",
            "tests/hosts/test_standalone.py::test_jack SKIPPED (jackd is not inst...) [ 50%]",
            "SKIPPED [2] tests/hosts/conftest.py:97: jackd is not installed",
            "======= 3 passed, 2 skipped in 1.00s =======",
        ]);
        let expected = [
            "writes: needs a screen",
            "other",
            "windows: Xvfb is not installed",
            "tests/hosts/conftest.py:97: jackd is not installed",
            "tests/hosts/conftest.py:97: jackd is not installed",
        ];
        assert_eq!(count.skipped(), expected);
        assert_eq!(count.to_string(), "4 passed, 0 failed, 5 skipped");
        count.leave_out("a step: needs another compiler");
        assert_eq!(count.to_string(), "4 passed, 0 failed, 6 skipped");
    }
}
