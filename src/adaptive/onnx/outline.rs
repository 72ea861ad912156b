//! Reads as much of an ONNX file as must be known before a backend sees it. For [`super`].
//!
//! The backends do more than a file that someone was handed should be able to ask for: read weights from other files,
//! run loops, make tensors of any size of a few bytes. So a model is walked through once, and only what a feed-forward
//! network needs is let through. The format is protocol buffers; the numbers of the fields are those of `onnx.proto`.

use std::collections::BTreeMap;

/// Operators of feed-forward networks. None of them loops, draws random numbers or makes a shape from values.
const OPERATORS: [&str; 44] = [
    "Abs",
    "Add",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Clip",
    "Concat",
    "Constant",
    "Div",
    "Elu",
    "Erf",
    "Exp",
    "Flatten",
    "Floor",
    "Gelu",
    "Gemm",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LayerNormalization",
    "LeakyRelu",
    "Log",
    "MatMul",
    "Max",
    "Mean",
    "Min",
    "Mul",
    "Neg",
    "Pow",
    "Reciprocal",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceSum",
    "Relu",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Softplus",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tanh",
];
/// More parts than any such network has.
const MOST_PARTS: usize = 10_000;
/// Most dimensions of a tensor.
const MOST_DIMENSIONS: usize = 8;
/// Longest name.
const LONGEST_NAME: usize = 1_000;

/// Element type of `f32` in the format.
const FLOAT: u64 = 1;

/// An input or output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Port {
    pub(super) name: String,
    pub(super) is_float: bool,
    /// Sizes; none where the file leaves them open.
    pub(super) shape: Vec<Option<u64>>,
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<String> =
            self.shape.iter().map(|size| size.map_or("?".into(), |size| size.to_string())).collect();
        let kind = if self.is_float { "float" } else { "other" };
        write!(f, "{:?} {kind} [{}]", self.name, sizes.join(", "))
    }
}

/// What is known of a model without running it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Outline {
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    pub(super) notes: BTreeMap<String, String>,
}

/// Why a file is not let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) found: String,
    pub(super) expected: String,
}

fn refusal<T>(found: impl Into<String>, expected: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { found: found.into(), expected: expected.into() })
}

/// A field of a message.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed(usize),
}

/// Walks over the fields of a message.
struct Message<'a> {
    rest: &'a [u8],
}

impl<'a> Message<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for (i, &byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f).checked_shl(7 * i as u32).unwrap_or(0);
            if byte < 0x80 {
                self.rest = &self.rest[i + 1..];
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Fixed(self.take(8)?.len()),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed(self.take(4)?.len()),
            _ => return None,
        };
        Some((tag >> 3, value))
    }
}

impl<'a> Iterator for Message<'a> {
    type Item = Result<(u64, Value<'a>), Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field.ok_or_else(|| Refusal {
            found: "damaged or foreign bytes".into(),
            expected: "an ONNX model".into(),
        }))
    }
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => refusal("a text that is none", "UTF-8 without zeros"),
    }
}

fn name(bytes: &[u8]) -> Result<&str, Refusal> {
    let name = text(bytes)?;
    if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return refusal("a name that is none", "a line of text");
    }
    Ok(name)
}

/// Reads a whole file.
pub(super) fn read(file: &[u8]) -> Result<Outline, Refusal> {
    let mut outline = Outline::default();
    let mut graphs = 0;
    for field in (Message { rest: file }) {
        match field? {
            (7, Value::Bytes(graph)) => {
                graphs += 1;
                read_graph(graph, &mut outline)?;
            }
            (14, Value::Bytes(entry)) => {
                let (mut key, mut note) = ("", "");
                for field in (Message { rest: entry }) {
                    match field? {
                        (1, Value::Bytes(bytes)) => key = name(bytes)?,
                        (2, Value::Bytes(bytes)) => note = text(bytes)?,
                        _ => {}
                    }
                }
                outline.notes.insert(key.into(), note.into());
            }
            (20, _) => return refusal("training information", "a model to run"),
            (25, _) => return refusal("functions of its own", "plain operators"),
            (2..=6, Value::Bytes(bytes)) => drop(text(bytes)?),
            _ => {}
        }
    }
    if graphs != 1 { refusal(format!("{graphs} graphs"), "an ONNX model with one") } else { Ok(outline) }
}

fn read_graph(graph: &[u8], outline: &mut Outline) -> Result<(), Refusal> {
    let mut parts = 0;
    for field in (Message { rest: graph }) {
        parts += 1;
        if parts > MOST_PARTS {
            return refusal("too many parts", format!("at most {MOST_PARTS}"));
        }
        match field? {
            (1, Value::Bytes(node)) => check_node(node)?,
            (2, Value::Bytes(bytes)) => drop(name(bytes)?),
            (5, Value::Bytes(tensor)) => check_tensor(tensor)?,
            (11, Value::Bytes(port)) => outline.inputs.push(read_port(port)?),
            (12, Value::Bytes(port)) => outline.outputs.push(read_port(port)?),
            (13, Value::Bytes(port)) => drop(read_port(port)?),
            (14 | 15, _) => return refusal("quantised or sparse weights", "plain ones"),
            _ => {}
        }
    }
    Ok(())
}

fn check_node(node: &[u8]) -> Result<(), Refusal> {
    let mut operator = "";
    for field in (Message { rest: node }) {
        match field? {
            (4, Value::Bytes(bytes)) => operator = name(bytes)?,
            (7, Value::Bytes(domain)) if !matches!(domain, b"" | b"ai.onnx") => {
                return refusal("operators of another maker", "those of ONNX");
            }
            (5, Value::Bytes(attribute)) => check_attribute(attribute)?,
            (1..=3, Value::Bytes(bytes)) => drop(name(bytes)?),
            _ => {}
        }
    }
    if OPERATORS.contains(&operator) {
        Ok(())
    } else {
        refusal(format!("operator {operator:?}"), format!("one of {}", OPERATORS.join(", ")))
    }
}

fn check_attribute(attribute: &[u8]) -> Result<(), Refusal> {
    for field in (Message { rest: attribute }) {
        match field? {
            (1, Value::Bytes(bytes)) => drop(name(bytes)?),
            (4 | 9, Value::Bytes(bytes)) => drop(text(bytes)?),
            (5 | 10, Value::Bytes(tensor)) => check_tensor(tensor)?,
            (6 | 11 | 22 | 23, _) => {
                return refusal("graphs or sparse tensors in an operator", "plain attributes");
            }
            _ => {}
        }
    }
    Ok(())
}

/// A tensor must have as many elements as its shape says, all of them in the file.
fn check_tensor(tensor: &[u8]) -> Result<(), Refusal> {
    let (mut shape, mut kind) = (Vec::new(), 0);
    let (mut raw_bytes, mut elements) = (None, 0);
    for field in (Message { rest: tensor }) {
        match field? {
            (1, value) => shape.extend(numbers(value)?),
            (2, Value::Number(found)) => kind = found,
            (4, value) => elements += fixed(value, 4)?,
            (5 | 7, value) => elements += numbers(value)?.len(),
            (8, Value::Bytes(bytes)) => drop(name(bytes)?),
            (9, Value::Bytes(raw)) => raw_bytes = Some(raw.len()),
            (10, value) => elements += fixed(value, 8)?,
            (12, Value::Bytes(bytes)) => drop(text(bytes)?),
            (3 | 6 | 11 | 13, _) => {
                return refusal("weights of another kind or in another file", "plain ones");
            }
            (14, Value::Number(place)) if place != 0 => {
                return refusal("weights in another file", "all of them in this one");
            }
            _ => {}
        }
    }
    let size = match kind {
        FLOAT | 6 => 4,
        7 | 11 => 8,
        9 => 1,
        _ => return refusal(format!("elements of kind {kind}"), "float, double, int32, int64 or bool"),
    };
    let product = shape.iter().try_fold(1u64, |product, &size| product.checked_mul(size));
    let wanted =
        product.filter(|_| shape.len() <= MOST_DIMENSIONS).and_then(|wanted| usize::try_from(wanted).ok());
    let Some(wanted) = wanted else {
        return refusal(format!("a tensor of {shape:?}"), "one that fits a file");
    };
    let found = match raw_bytes {
        Some(bytes) if elements == 0 && bytes.is_multiple_of(size) => bytes / size,
        Some(_) => return refusal("a tensor of odd length", format!("{wanted} elements")),
        None => elements,
    };
    if found == wanted {
        Ok(())
    } else {
        refusal(format!("a tensor of {found} elements"), format!("{wanted} as its shape {shape:?} says"))
    }
}

/// Integers, one by one or packed.
fn numbers(value: Value<'_>) -> Result<Vec<u64>, Refusal> {
    match value {
        Value::Number(number) => Ok(vec![number]),
        Value::Bytes(packed) => {
            let mut message = Message { rest: packed };
            let mut numbers = Vec::new();
            while !message.rest.is_empty() {
                let Some(number) = message.varint() else {
                    return refusal("damaged integers", "an ONNX model");
                };
                numbers.push(number);
            }
            Ok(numbers)
        }
        Value::Fixed(_) => refusal("integers of another kind", "an ONNX model"),
    }
}

/// How many numbers of a fixed size there are, one by one or packed.
fn fixed(value: Value<'_>, size: usize) -> Result<usize, Refusal> {
    match value {
        Value::Fixed(found) if found == size => Ok(1),
        Value::Bytes(packed) if packed.len().is_multiple_of(size) => Ok(packed.len() / size),
        _ => refusal("numbers of another kind", "an ONNX model"),
    }
}

fn read_port(port: &[u8]) -> Result<Port, Refusal> {
    let mut found = Port::default();
    for field in (Message { rest: port }) {
        match field? {
            (1, Value::Bytes(bytes)) => found.name = name(bytes)?.into(),
            (2, Value::Bytes(kind)) => {
                for field in (Message { rest: kind }) {
                    if let (1, Value::Bytes(tensor)) = field? {
                        read_tensor_type(tensor, &mut found)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn read_tensor_type(kind: &[u8], port: &mut Port) -> Result<(), Refusal> {
    for field in (Message { rest: kind }) {
        match field? {
            (1, Value::Number(kind)) => port.is_float = kind == FLOAT,
            (2, Value::Bytes(shape)) => {
                for field in (Message { rest: shape }) {
                    let (1, Value::Bytes(dimension)) = field? else { continue };
                    let mut size = None;
                    for field in (Message { rest: dimension }) {
                        match field? {
                            (1, Value::Number(found)) => size = Some(found),
                            (2, Value::Bytes(bytes)) => drop(name(bytes)?),
                            _ => {}
                        }
                    }
                    port.shape.push(size);
                    if port.shape.len() > MOST_DIMENSIONS {
                        return refusal("too many dimensions", format!("at most {MOST_DIMENSIONS}"));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}
