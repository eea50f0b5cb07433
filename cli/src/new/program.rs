//! `src/main.rs`: the stub, a program around it, and a test of a handler.
//!
//! The program sends and reports something only where the model has it and a value could be made up.

use device_model_codegen::{Call, Request, Start, Target, module_name};
use dtdl::Model;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Item, UseTree};

use crate::rust::{comment, formatted};
use crate::{Outcome, subject};

/// The text of the file.
pub(super) fn text(
    stub: TokenStream,
    start: &Start,
    request: &Request,
    model: &Model,
) -> Result<String, Outcome> {
    let Target::Device(device) = &request.target else { return Err(Outcome::Findings) };
    let device = &device.ident;
    let module = subject::ident(&module_name(&device.to_string()));
    let new = if start.is_unit { quote!(#device) } else { quote!(#device::default()) };
    let stub = formatted(with_import(stub))?;
    let main = MAIN
        .replace("DEVICE", &if start.is_unit { device.to_string() } else { format!("{device}::default()") });
    let run = formatted(run(start, &module))?;
    let test = indented(&formatted(test(start, &new, &module))?);
    let (id, nowhere) = (&model.id.text, indented(NOWHERE));
    Ok(format!(
        "//! The device of the model `{id}`.\n//!\n\
         //! What it is told to do arrives in the handlers; what it does by itself is in `run`.\n\n\
         {stub}\n{main}\n{run}\n\
         #[cfg(test)]\nmod tests {{\n    use super::*;\n\n{test}\n{nowhere}}}\n"
    ))
}

const MAIN: &str = "\
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    start_log();
    let connection = device_model::Connection::from_env()?;
    let client = DEVICE.connect(connection).await?;
    tokio::select! {
        ended = run(&client) => ended?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    client.close().await?;
    Ok(())
}

/// Says on standard error what happens; `RUST_LOG` says how much of it.
fn start_log() {
    use std::io::IsTerminal as _;
    let colours = std::io::stderr().is_terminal();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(\"info\"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
}
";

const NOWHERE: &str = "\
/// A hub that is never reached: handlers can be called without one.
fn nowhere() -> device_model::Connection {
    let text = \"HostName=localhost:1;DeviceId=test;SharedAccessKey=dGVzdA==\";
    device_model::Connection::from_connection_string(text).expect(\"it is well formed\")
}
";

/// A text within braces.
fn indented(text: &str) -> String {
    let lines = text.lines();
    lines.map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// Adds the trait that connects to what the stub imports.
fn with_import(stub: TokenStream) -> TokenStream {
    // what is no Rust is reported where the text is made
    let Ok(mut file) = syn::parse2::<syn::File>(stub.clone()) else { return stub };
    if let Some(Item::Use(import)) = file.items.first_mut()
        && let UseTree::Path(path) = &mut import.tree
    {
        let tree = &path.tree;
        let names: Vec<&UseTree> = match &**tree {
            UseTree::Group(group) => group.items.iter().collect(),
            name => vec![name],
        };
        // traits and types before the macro, as rustfmt sorts them
        let (types, macros): (Vec<_>, Vec<_>) = names
            .into_iter()
            .partition(|name| matches!(name, UseTree::Name(name) if name.ident != "device_model"));
        let (before, behind): (Vec<_>, Vec<_>) = types
            .into_iter()
            .partition(|name| matches!(name, UseTree::Name(name) if name.ident < format_ident!("Device")));
        let items = quote!({ #(#before,)* Device as _, #(#behind,)* #(#macros),* });
        if let Ok(tree) = syn::parse2(items) {
            *path.tree = tree;
        }
    }
    let items = file.items;
    quote!(#(#items)*)
}

/// What the device does by itself.
fn run(start: &Start, module: &Ident) -> TokenStream {
    let report = start.reported.as_ref().map(|(client, value)| {
        let note = comment!("An example value: report what the device is and how it stands.");
        quote! {
            #note
            let state = #value;
            #client.report(state).await?;
        }
    });
    let measure = start.telemetry.as_ref().map(|(client, value)| {
        let note = comment!("MEASURE HERE: example values; send what the sensors say.");
        quote! {
            let mut every = tokio::time::interval(std::time::Duration::from_secs(10));
            loop {
                every.tick().await;
                #note
                let telemetry = #value;
                #client.send(telemetry).await?;
            }
        }
    });
    let end = measure.is_none().then(|| {
        let note = comment!("The model has nothing to measure. MEASURE HERE when it has.");
        quote! {
            #note
            std::future::pending().await
        }
    });
    quote! {
        /// What the device does by itself.
        async fn run(client: &#module::Client) -> Result<(), device_model::Error> {
            client.connected().await?;
            #report
            #measure
            #end
        }
    }
}

/// A test of a handler; of the connection alone where there is no handler to call.
fn test(start: &Start, new: &TokenStream, module: &Ident) -> TokenStream {
    match &start.call {
        Some(call) => handler_test(call, new),
        None => quote! {
            #[tokio::test]
            async fn the_device_starts_without_a_network() {
                let client = #new.connect(nowhere()).await.expect("it connects by and by");
                client.close().await.expect("nothing waits to be sent");
                assert!(!#module::MODEL_ID.is_empty());
            }
        },
    }
}

fn handler_test(call: &Call, new: &TokenStream) -> TokenStream {
    let Call { handlers, holder, method, argument, client, status } = call;
    let holder = holder.as_ref().map_or_else(|| new.clone(), |holder| quote!(#holder));
    let argument = argument.as_ref().map(|argument| quote!(#argument,));
    let name = format_ident!("{}_answers_501_until_it_is_written", method.to_string().trim_matches('_'));
    let note = comment!("When the handler is written: what does it answer, and to what?");
    quote! {
        #[tokio::test]
        async fn #name() {
            use super::#handlers as _;
            let client = #new.connect(nowhere()).await.expect("it connects by and by");
            #note
            let answer = #holder.#method(#argument &#client).await;
            let answer = answer.map_err(|error| error.#status());
            assert_eq!(answer, Err(501));
        }
    }
}
