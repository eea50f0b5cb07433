//! Texts in several languages. Decides how they are kept: nearly all models have one text, in English, so that takes one
//! allocation, and copies share it. Begin with [`LanguageMap`].

use std::collections::BTreeMap;
use std::sync::Arc;

/// The code of texts that do not say their language.
pub(crate) const DEFAULT: &str = "en";

/// A text in several languages. Copies share it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageMap(Texts);

/// As small as can be: an element of a model has several of these, most without a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Texts {
    English(Arc<str>),
    /// By code, in its order; never one in English only.
    Others(Option<Arc<Box<[Tagged]>>>),
}

/// A language's code and the text in it.
type Tagged = (Box<str>, Box<str>);

impl LanguageMap {
    pub(crate) fn english(text: &str) -> Self {
        Self(Texts::English(text.into()))
    }

    /// By code, in its order.
    pub(crate) fn sorted<C: AsRef<str>, T: AsRef<str>>(texts: &[(C, T)]) -> Self {
        let tagged = |(code, text): &(C, T)| (code.as_ref().into(), text.as_ref().into());
        match texts {
            [] => Self::default(),
            [(code, text)] if code.as_ref() == DEFAULT => Self::english(text.as_ref()),
            several => Self(Texts::Others(Some(Arc::new(several.iter().map(tagged).collect())))),
        }
    }

    /// The text in that language.
    pub fn get(&self, code: &str) -> Option<&str> {
        match &self.0 {
            Texts::English(text) => (code == DEFAULT).then_some(text),
            Texts::Others(None) => None,
            Texts::Others(Some(texts)) => {
                let found = texts.binary_search_by(|(other, _)| (**other).cmp(code)).ok()?;
                texts.get(found).map(|(_, text)| &**text)
            }
        }
    }

    /// The text to show when nobody asked for a language: English, else the first by code.
    pub fn preferred(&self) -> Option<&str> {
        self.get(DEFAULT).or_else(|| self.iter().next().map(|(_, text)| text))
    }

    /// All languages and texts, by code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let (english, several) = match &self.0 {
            Texts::English(text) => (Some((DEFAULT, &**text)), None),
            Texts::Others(texts) => (None, texts.as_ref().map(|texts| texts.iter())),
        };
        let several = several.into_iter().flatten().map(|(code, text)| (&**code, &**text));
        english.into_iter().chain(several)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::Others(None)
    }
}

impl<C: AsRef<str> + Ord, T: AsRef<str>> From<BTreeMap<C, T>> for LanguageMap {
    fn from(texts: BTreeMap<C, T>) -> Self {
        Self::sorted(&texts.into_iter().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_it_came() {
        let map = |texts: &[(&'static str, &'static str)]| {
            LanguageMap::from(texts.iter().copied().collect::<BTreeMap<_, _>>())
        };
        assert_eq!(map(&[("en", "lamp")]), LanguageMap::english("lamp"));
        assert_eq!(map(&[]), LanguageMap::default());
        let lamp = map(&[("fr", "lampe"), ("de", "Lampe")]);
        assert_eq!((lamp.get("fr"), lamp.get("en"), lamp.preferred()), (Some("lampe"), None, Some("Lampe")));
        assert_eq!(lamp.iter().collect::<Vec<_>>(), [("de", "Lampe"), ("fr", "lampe")]);
    }
}
