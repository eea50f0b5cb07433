//! The traits that a device author implements: `Commands` and `Properties`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc;
use super::paths::Paths;
use crate::plan::{Command, Interface, Property, Setter};

/// The traits of one module; a trait that would be empty is left out.
pub(super) fn traits(interface: &Interface, paths: &Paths, unhandled: Option<u16>) -> TokenStream {
    let commands = (!interface.commands.is_empty()).then(|| commands(interface, paths, unhandled));
    let properties = interface.has_setters().then(|| properties(interface, paths, unhandled));
    quote!(#commands #properties)
}

fn commands(interface: &Interface, paths: &Paths, unhandled: Option<u16>) -> TokenStream {
    let methods = interface.commands.iter().map(|command| {
        let Command { wire, ident, request, response, docs, asynchronous, .. } = command;
        let argument = request.as_ref().map(|request| (&request.parameter, paths.of(&request.ty)));
        let response = response.as_ref().map_or_else(|| quote!(()), |ty| paths.of(ty));
        let note = asynchronous.then(|| {
            let text = "Asynchronous: the hub is answered 202 at once; what this returns is reported when it is done.";
            doc(&[String::new(), text.to_owned()])
        });
        let docs = doc(docs);
        let handler = Handler { ident, argument, output: response, error: quote!(CommandError), wire };
        let method = handler.method(paths, unhandled);
        quote!(#docs #note #method)
    });
    let missing = missing(interface, "Commands", "does not handle the commands");
    let docs = "What the device can be told to do: one method a command. Handlers run in parallel, each with a deadline.";
    declare("Commands", docs, &missing, methods, paths)
}

fn properties(interface: &Interface, paths: &Paths, unhandled: Option<u16>) -> TokenStream {
    let methods = interface.properties.iter().filter_map(|Property { field, setter }| {
        let Setter { ident, parameter } = setter.as_ref()?;
        let (ty, docs) = (paths.of(&field.ty), doc(&field.docs));
        let (argument, error) = (Some((parameter, ty.clone())), quote!(PropertyError));
        let handler = Handler { ident, argument, output: ty, error, wire: &field.wire };
        let method = handler.method(paths, unhandled);
        Some(quote!(#docs #method))
    });
    let missing = missing(interface, "Properties", "does not take the writable properties");
    let docs =
        "What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.";
    declare("Properties", docs, &missing, methods, paths)
}

fn declare(
    name: &str,
    docs: &str,
    missing: &TokenStream,
    methods: impl Iterator<Item = TokenStream>,
    paths: &Paths,
) -> TokenStream {
    let (send, sync) = (paths.std("Send"), paths.std("Sync"));
    let (docs, name) = (doc(&[docs.to_owned()]), quote::format_ident!("{name}"));
    quote! {
        #docs
        #missing
        pub trait #name: #send + #sync + 'static { #(#methods)* }
    }
}

/// One method of a trait.
struct Handler<'p> {
    ident: &'p Ident,
    argument: Option<(&'p Ident, TokenStream)>,
    output: TokenStream,
    error: TokenStream,
    wire: &'p str,
}

impl Handler<'_> {
    /// Declared as returning a future that is `Send`; authors write `async fn`.
    fn method(&self, paths: &Paths, unhandled: Option<u16>) -> TokenStream {
        let Self { ident, argument, output, error, wire } = self;
        let (result, send) = (paths.std("Result"), paths.std("Send"));
        let parameter = argument.as_ref().map(|(name, ty)| quote!(#name: #ty,));
        let body = match unhandled {
            None => quote!(;),
            Some(status) => {
                let unused = match argument {
                    Some((name, _)) => quote!((#name, client)),
                    None => quote!(client),
                };
                let (err, message) = (paths.std("Err"), format!("`{wire}` is not handled yet"));
                quote!({
                    let _ = #unused;
                    async { #err(__rt::#error::new(#status, #message)) }
                })
            }
        };
        quote! {
            fn #ident(&self, #parameter client: &Client) ->
                impl __rt::Future<Output = #result<#output, __rt::#error>> + #send #body
        }
    }
}

/// What rustc says where the `impl` is missing altogether.
fn missing(interface: &Interface, name: &str, what: &str) -> TokenStream {
    let Interface { id, path, .. } = interface;
    let message = format!("`{{Self}}` {what} of the model `{id}`");
    let label = format!("needs `impl {path}::{name} for {{Self}}`");
    let note = "write it with an empty body, and the compiler lists the methods it needs";
    quote!(#[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)])
}
