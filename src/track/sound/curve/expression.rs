//! Arithmetic in one variable, `alpha`: the small grammar that hand-written transition curves are allowed.
//!
//! Numbers, `alpha`, `pi`, `e`, `+ − * / **`, parentheses and a few functions (with or without an `np.` or `math.` in
//! front). A file can ask for nothing else: there are no names to look up and nothing is evaluated but this.

use std::iter::Peekable;
use std::str::Chars;

/// Longest text that is read.
const LONGEST_TEXT: usize = 200;
/// Values that an evaluation may hold at once.
const DEPTH: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Op {
    Number(f64),
    Alpha,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Negate,
    /// By its place among [`FUNCTIONS`].
    Function(usize),
}

/// A function of one value.
type Function = fn(f64) -> f64;

const FUNCTIONS: &[(&str, Function)] = &[
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("exp", f64::exp),
    ("log", f64::ln),
    ("sqrt", f64::sqrt),
    ("tanh", f64::tanh),
    ("abs", f64::abs),
];

/// A compiled expression, in the order of evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    ops: Vec<Op>,
}

impl Expression {
    /// Compiles a text. The error says what was found where.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST_TEXT {
            return Err(format!(
                "the expression has {} characters, at most {LONGEST_TEXT} are read",
                text.len()
            ));
        }
        let mut parser = Parser { rest: text.chars().peekable(), ops: Vec::new(), nesting: 0 };
        parser.sum()?;
        parser.skip_space();
        if let Some(letter) = parser.rest.next() {
            return Err(format!("found '{letter}' in the expression {text:?}, expected an operator"));
        }
        let expression = Self { ops: parser.ops };
        match expression.depth() {
            0..=DEPTH => Ok(expression),
            depth => {
                Err(format!("the expression holds {depth} values at once, at most {DEPTH} are possible"))
            }
        }
    }

    /// The value at `alpha`; zero where it is not finite.
    pub fn at(&self, alpha: f64) -> f64 {
        let mut stack = [0.0; DEPTH + 1];
        let mut top = 0;
        for op in &self.ops {
            let binary = matches!(op, Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Power);
            match *op {
                Op::Number(_) | Op::Alpha => top += 1,
                _ if binary => top -= 1,
                _ => {}
            }
            let (x, y) = (stack[top], if binary { stack[top + 1] } else { 0.0 });
            stack[top] = match *op {
                Op::Number(number) => number,
                Op::Alpha => alpha,
                Op::Add => x + y,
                Op::Subtract => x - y,
                Op::Multiply => x * y,
                Op::Divide => x / y,
                Op::Power => x.powf(y),
                Op::Negate => -x,
                Op::Function(function) => FUNCTIONS[function].1(x),
            };
        }
        if stack[top].is_finite() { stack[top].clamp(-1e6, 1e6) } else { 0.0 }
    }

    /// Values held at once.
    fn depth(&self) -> usize {
        let mut held = 0;
        let held = self.ops.iter().map(|op| {
            match op {
                Op::Number(_) | Op::Alpha => held += 1,
                Op::Negate | Op::Function(_) => {}
                _ => held -= 1,
            }
            held
        });
        held.max().unwrap_or(0)
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    ops: Vec<Op>,
    nesting: usize,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.skip_space();
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn sum(&mut self) -> Result<(), String> {
        self.product()?;
        loop {
            let op = if self.accept('+') {
                Op::Add
            } else if self.accept('-') {
                Op::Subtract
            } else {
                return Ok(());
            };
            self.product()?;
            self.ops.push(op);
        }
    }

    fn product(&mut self) -> Result<(), String> {
        self.signed()?;
        loop {
            let op = if self.accept('*') {
                Op::Multiply
            } else if self.accept('/') {
                Op::Divide
            } else {
                return Ok(());
            };
            self.signed()?;
            self.ops.push(op);
        }
    }

    /// A sign binds less than a power: −a**2 is −(a**2).
    fn signed(&mut self) -> Result<(), String> {
        self.nesting += 1;
        if self.nesting > LONGEST_TEXT / 2 {
            return Err("the expression is nested too deeply".to_owned());
        }
        if self.accept('-') {
            self.signed()?;
            self.ops.push(Op::Negate);
        } else if self.accept('+') {
            self.signed()?;
        } else {
            self.power()?;
        }
        self.nesting -= 1;
        Ok(())
    }

    fn power(&mut self) -> Result<(), String> {
        self.atom()?;
        self.skip_space();
        let mut ahead = self.rest.clone();
        if ahead.next() == Some('*') && ahead.next() == Some('*') {
            self.rest = ahead;
            self.signed()?;
            self.ops.push(Op::Power);
        }
        Ok(())
    }

    fn atom(&mut self) -> Result<(), String> {
        if self.accept('(') {
            self.sum()?;
            return if self.accept(')') {
                Ok(())
            } else {
                Err("a closing parenthesis is missing".to_owned())
            };
        }
        match self.rest.peek().copied() {
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() => self.name(),
            Some(c) => Err(format!("found '{c}' in the expression, expected a number, alpha or a function")),
            None => Err("the expression ends too early".to_owned()),
        }
    }

    fn number(&mut self) -> Result<(), String> {
        let mut text = String::new();
        while let Some(c) = self.rest.peek().copied() {
            let after_exponent = matches!(c, '+' | '-') && text.ends_with(['e', 'E']);
            if !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || after_exponent) {
                break;
            }
            text.push(c);
            self.rest.next();
        }
        let number =
            text.parse().map_err(|_| format!("found {text:?} in the expression, expected a number"))?;
        self.ops.push(Op::Number(number));
        Ok(())
    }

    fn name(&mut self) -> Result<(), String> {
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')) {
            name.push(c);
        }
        let bare = ["np.", "numpy.", "math."].iter().find_map(|prefix| name.strip_prefix(prefix));
        let bare = bare.unwrap_or(&name);
        if let Some(function) = FUNCTIONS.iter().position(|(known, _)| *known == bare) {
            if !self.accept('(') {
                return Err(format!("found {name} without an argument in parentheses"));
            }
            self.sum()?;
            if !self.accept(')') {
                return Err("a closing parenthesis is missing".to_owned());
            }
            self.ops.push(Op::Function(function));
            return Ok(());
        }
        self.ops.push(match bare {
            "alpha" => Op::Alpha,
            "pi" => Op::Number(std::f64::consts::PI),
            "e" => Op::Number(std::f64::consts::E),
            _ => return Err(format!("found the name {name:?}, expected alpha, pi or a known function")),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluates_like_written_mathematics() {
        let at = |text: &str, alpha: f64| Expression::parse(text).unwrap().at(alpha);
        assert_eq!(at("alpha**2 + 2*alpha - 1", 3.0), 14.0);
        assert_eq!((at("-alpha**2", 2.0), at("2**3**2", 0.0), at("2**-1", 0.0)), (-4.0, 512.0, 0.5));
        assert_eq!((at("8/4/2", 0.0), at("1 - (2 - 3)", 0.0), at("1e-2 * 3E2", 0.0)), (1.0, 2.0, 3.0));
        assert!((at("np.sin(alpha * np.pi / 2)", 0.5) - 0.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(at("sqrt(0 - 1)", 0.0), 0.0, "not finite");
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "alpha +",
            "__import__('os')",
            "alpha; 1",
            "beta",
            "sin",
            "(alpha",
            "1..2",
            "sin alpha",
            "x[0]",
        ] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
        assert!(Expression::parse(&"(".repeat(190)).is_err());
        assert!(Expression::parse(&"1+".repeat(99)).is_err());
        assert!(Expression::parse(&format!("{}1{}", "(1+".repeat(30), ")".repeat(30))).is_err());
    }
}
