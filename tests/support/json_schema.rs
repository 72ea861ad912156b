//! Validates JSON against the part of JSON Schema that the track schema uses. A keyword that is not known here fails, so
//! that nothing in the schema goes unchecked.

use serde_json::{Map, Value};

/// Everything in `value` that breaks `schema`, one sentence each.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(schema, schema, value, "", &mut found);
    found
}

fn visit(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, expected) in schema.as_object().expect("a schema is an object") {
        let fits = match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => true,
            "$ref" => {
                let name = expected.as_str().unwrap().strip_prefix("#/$defs/").expect("a local reference");
                visit(root, &root["$defs"][name], value, at, found);
                assert!(root["$defs"][name].is_object(), "{name} is defined");
                true
            }
            "type" => types(expected).any(|name| is_of_type(value, name)),
            "enum" => expected.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|number| number >= expected.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= expected.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= expected.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= expected.as_u64().unwrap()),
            "required" => {
                let names = expected.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                value.as_object().is_none_or(|object| names.into_iter().all(|name| object.contains_key(name)))
            }
            "anyOf" => any_of(root, expected.as_array().unwrap(), value, at, found),
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items.for_each(|(i, item)| visit(root, expected, item, &format!("{at}[{i}]"), found));
                true
            }
            "properties" => {
                let empty = Map::new();
                for (name, member) in value.as_object().unwrap_or(&empty) {
                    if let Some(schema) = expected.get(name) {
                        visit(root, schema, member, &format!("{at}.{name}"), found);
                    }
                }
                true
            }
            other => panic!("the validator does not know {other}"),
        };
        if !fits {
            found.push(format!("{at}: {value} breaks {keyword} {expected}"));
        }
    }
}

/// One must fit; the complaints of the closest one are passed on where none does.
fn any_of(root: &Value, schemas: &[Value], value: &Value, at: &str, found: &mut Vec<String>) -> bool {
    let tries = schemas.iter().map(|schema| {
        let mut found = Vec::new();
        visit(root, schema, value, at, &mut found);
        found
    });
    let closest = tries.min_by_key(Vec::len).unwrap_or_default();
    let fits = closest.is_empty();
    found.extend(closest);
    fits
}

fn types(expected: &Value) -> impl Iterator<Item = &str> {
    let list = expected.as_array().map_or(std::slice::from_ref(expected), Vec::as_slice);
    list.iter().map(|name| name.as_str().unwrap())
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}
