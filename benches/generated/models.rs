//! Models of any size.

use std::fmt::Write as _;

/// A device with that many Interfaces as components, each with some of everything.
pub(crate) fn interfaces(count: usize) -> String {
    let mut components = String::new();
    let mut interfaces = String::new();
    for number in 0..count {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            components,
            r#"{comma}{{ "@type": "Component", "name": "part{number}", "schema": "dtmi:com:example:Part{number};1" }}"#
        );
        let contents = contents(5);
        let _ = write!(
            interfaces,
            r#",{{ "@context": "dtmi:dtdl:context;3", "@type": "Interface", "@id": "dtmi:com:example:Part{number};1",
               "contents": [{contents}] }}"#
        );
    }
    format!(
        r#"[{{ "@context": "dtmi:dtdl:context;3", "@type": "Interface", "@id": "dtmi:com:example:Large;1",
            "contents": [{components}] }}{interfaces}]"#
    )
}

/// A device with that many capabilities.
pub(crate) fn capabilities(count: usize) -> String {
    let contents = contents(count);
    format!(
        r#"{{ "@context": "dtmi:dtdl:context;3", "@type": "Interface", "@id": "dtmi:com:example:Many;1",
            "contents": [{contents}] }}"#
    )
}

fn contents(count: usize) -> String {
    let each = |number: usize| match number % 5 {
        0 => format!(r#"{{ "@type": "Telemetry", "name": "measured{number}", "schema": "double" }}"#),
        1 => format!(
            r#"{{ "@type": "Property", "name": "set{number}", "writable": true, "schema": "integer" }}"#
        ),
        2 => format!(r#"{{ "@type": "Property", "name": "state{number}", "schema": "string" }}"#),
        3 => format!(
            r#"{{ "@type": "Command", "name": "do{number}", "request": {{ "name": "with", "schema": "string" }},
                "response": {{ "name": "result", "schema": {{ "@type": "Object", "fields": [
                    {{ "name": "text", "schema": "string" }}, {{ "name": "code", "schema": "integer" }} ] }} }} }}"#
        ),
        _ => format!(
            r#"{{ "@type": "Property", "name": "mode{number}", "writable": true, "schema": {{ "@type": "Enum",
                "valueSchema": "string", "enumValues": [ {{ "name": "on", "enumValue": "on" }},
                {{ "name": "off", "enumValue": "off" }} ] }} }}"#
        ),
    };
    (0..count).map(each).collect::<Vec<_>>().join(",")
}
