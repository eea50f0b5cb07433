//! Small valid models, damaged at random: no text may make the crate panic. The damage is the same at every run, and a
//! text that does harm is made smaller before it is shown.
//!
//! Runs everywhere; `fuzz/` looks further with coverage and needs a nightly toolchain.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod exercise;

use std::ops::Range;

use exercise::exercise;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const SEEDS: [&str; 4] = [
    include_str!("seeds/v1.json"),
    include_str!("seeds/v2.json"),
    include_str!("seeds/v3.json"),
    include_str!("seeds/v4.json"),
];

/// Texts that mean something at many places.
const WORDS: &[&str] = &[
    "null",
    "true",
    "-1",
    "1e999",
    "1.0",
    "[]",
    "{}",
    "[[[[[[[[[[[[[[[[",
    "\"\"",
    "\"@id\"",
    "\"@type\"",
    "\"@context\"",
    "\"@value\"",
    "\"@graph\"",
    "\"Interface\"",
    "\"Object\"",
    "\"Array\"",
    "\"Temperature\"",
    "\"extends\"",
    "\"schema\"",
    "\"double\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"dtmi:dtdl:context;2\"",
    "\"dtmi:dtdl:context;4\"",
    "\"dtmi:com:example:Device;1\"",
    "\"dtmi:com:example:Shared;1\"",
    "\u{feff}",
    "\u{1f600}",
    "\r\n",
];

/// One damage. Places are fractions of what there is to choose from.
#[derive(Clone, Debug)]
enum Damage {
    Truncate(Index),
    Flip(Index, u8),
    Delete(Index, Index),
    Duplicate(Index, Index, Index),
    Move(Index, Index, Index),
    Swap(Index, Index),
    Copy(Index, Index),
    Replace(Index, &'static str),
    Insert(Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    use Damage::*;
    let at = any::<Index>;
    let word = || select(WORDS);
    prop_oneof![
        1 => at().prop_map(Truncate),
        1 => (at(), 0..8u8).prop_map(|(at, bit)| Flip(at, bit)),
        1 => (at(), at()).prop_map(|(from, to)| Delete(from, to)),
        1 => (at(), at(), at()).prop_map(|(from, to, target)| Duplicate(from, to, target)),
        1 => (at(), at(), at()).prop_map(|(from, to, target)| Move(from, to, target)),
        6 => (at(), at()).prop_map(|(one, other)| Swap(one, other)),
        9 => (at(), at()).prop_map(|(one, other)| Copy(one, other)),
        9 => (at(), word()).prop_map(|(at, word)| Replace(at, word)),
        2 => (at(), word()).prop_map(|(at, word)| Insert(at, word)),
    ]
}

impl Damage {
    fn apply(&self, text: &[u8]) -> Vec<u8> {
        let place = |index: &Index| index.index(text.len() + 1);
        let slice = |one: &Index, other: &Index| {
            let (one, other) = (place(one), place(other));
            one.min(other)..one.max(other)
        };
        match self {
            Self::Truncate(at) => text[..place(at)].to_vec(),
            Self::Flip(at, bit) => {
                let mut text = text.to_vec();
                let at = at.index(text.len().max(1));
                text.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
                text
            }
            Self::Delete(from, to) => replaced(text, slice(from, to), b""),
            Self::Duplicate(from, to, target) => {
                let copied = text[slice(from, to)].to_vec();
                replaced(text, place(target)..place(target), &copied)
            }
            Self::Move(from, to, target) => {
                let range = slice(from, to);
                let moved = text[range.clone()].to_vec();
                let rest = replaced(text, range, b"");
                let at = target.index(rest.len() + 1);
                replaced(&rest, at..at, &moved)
            }
            Self::Swap(one, other) => match two(&values(text), one, other) {
                Some((first, last)) if first.end <= last.start => {
                    let swapped = replaced(text, last.clone(), &text[first.clone()]);
                    replaced(&swapped, first, &text[last])
                }
                Some((outer, inner)) => replaced(text, outer, &text[inner]),
                None => text.to_vec(),
            },
            Self::Copy(one, other) => match two(&values(text), one, other) {
                Some((first, last)) => replaced(text, last, &text[first]),
                None => text.to_vec(),
            },
            Self::Replace(at, word) => match two(&values(text), at, at) {
                Some((value, _)) => replaced(text, value, word.as_bytes()),
                None => text.to_vec(),
            },
            Self::Insert(at, word) => replaced(text, place(at)..place(at), word.as_bytes()),
        }
    }
}

fn replaced(text: &[u8], range: Range<usize>, by: &[u8]) -> Vec<u8> {
    [&text[..range.start], by, &text[range.end..]].concat()
}

/// Two values in the order of the text; the first may contain the second.
fn two(values: &[Range<usize>], one: &Index, other: &Index) -> Option<(Range<usize>, Range<usize>)> {
    if values.is_empty() {
        return None;
    }
    let (one, other) = (one.index(values.len()), other.index(values.len()));
    Some((values[one.min(other)].clone(), values[one.max(other)].clone()))
}

/// Where strings, numbers, words and what stands between two brackets begin and end, in the order of their beginnings.
fn values(text: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        at += 1;
        match text[start] {
            b' ' | b'\n' | b',' | b':' => continue,
            b'}' | b']' => {
                if let Some(opened) = open.pop() {
                    found[opened].end = at;
                }
                continue;
            }
            b'{' | b'[' => open.push(found.len()),
            b'"' => {
                while at < text.len() && text[at] != b'"' {
                    at += 1 + usize::from(text[at] == b'\\');
                }
                at = (at + 1).min(text.len());
            }
            _ => {
                while at < text.len() && text[at].is_ascii_alphanumeric() {
                    at += 1;
                }
            }
        }
        found.push(start..at);
    }
    found
}

#[test]
fn the_seeds_are_valid() {
    for seed in SEEDS {
        let reading = exercise(seed);
        assert!(reading.valid().is_some(), "{:?} of {seed}", reading.diagnostics());
    }
}

#[test]
fn no_damage_makes_a_model_harm_its_reader() {
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let damaged = (select(&SEEDS), prop::collection::vec(damage(), 1..4));
    let outcome = runner.run(&damaged, |(seed, damages)| {
        let text = damages.iter().fold(seed.as_bytes().to_vec(), |text, damage| damage.apply(&text));
        exercise(&String::from_utf8_lossy(&text));
        Ok(())
    });
    if let Err(fault) = outcome {
        panic!("{fault}");
    }
}
