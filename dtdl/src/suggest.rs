//! "Did you mean": the known word that is nearest to one that is not known.

/// The candidate that differs least from `word`, if it is near enough to be a likely slip of the keyboard: at most one
/// edit in three characters, letter case not counted. Of equally near ones the first.
///
/// Nothing is near to a word of more than 200 characters, which no keyboard slipped on.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    let allowed = (length / 3).max(1);
    let lower = word.to_lowercase();
    let about_as_long =
        |candidate: &&str| candidate.chars().take(length + allowed + 1).count().abs_diff(length) <= allowed;
    candidates
        .into_iter()
        .filter(about_as_long)
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// The longest word that is compared, as that takes time by the square of the length.
const LONGEST: usize = 200;

/// Edits between two words: insertions, deletions, replacements and swapped neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        assert_eq!(closest("dobule", ["float", "double", "date"]), Some("double"));
        assert_eq!(closest("Writeable", ["writable", "schema"]), Some("writable"));

        assert_eq!(closest("geopoint", ["boolean", "double"]), None);
    }
}
