//! Diagnostics drawn with a snippet and a caret. Decides looks only, never what is said.

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::Diagnostic;
use crate::source::{Location, Sources};

/// How a diagnostic is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Plain text: compiler messages, files, pipes.
    Plain,
    /// With ANSI colours: terminals.
    Coloured,
}

impl Diagnostic {
    /// The diagnostic as several lines of text: sentence, `file:line:column`, snippet, remedy.
    ///
    /// `sources` must be those of the reading that made it.
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        let primary = AnnotationKind::Primary.span(self.at.range());
        let mut annotations = vec![(self.at, primary)];
        if let Some((at, label)) = &self.also {
            annotations.push((*at, AnnotationKind::Context.span(at.range()).label(label.as_str())));
        }
        let title = Level::ERROR.primary_title(self.message.as_str()).id(self.code);
        let mut group = title.elements(snippets(annotations, sources));
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        renderer.render(&[group])
    }
}

/// One snippet a file, in the order of the annotations.
fn snippets<'a>(
    annotations: Vec<(Location, Annotation<'a>)>,
    sources: &'a Sources,
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let mut files = Vec::new();
    for (location, annotation) in annotations {
        match files.iter_mut().find(|(file, _)| *file == location.file()) {
            Some((_, of_file)) => of_file,
            None => {
                files.push((location.file(), Vec::new()));
                &mut files.last_mut().expect("a file was pushed on the line before").1
            }
        }
        .push(annotation);
    }
    files
        .into_iter()
        .map(|(file, of_file)| {
            Snippet::source(sources.text(file)).path(sources.name(file)).annotations(of_file)
        })
        .collect()
}
