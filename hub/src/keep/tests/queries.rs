//! Queries over files and memory together.

use super::*;
use crate::chart::{Drawn, Number};
use crate::keep::series::{SeriesPage, SeriesPath, SeriesQuery};
use crate::state::history::Kind;

/// A device with rows in files, on their way there, and in memory.
async fn spread(folder: &Path) -> Hub {
    let mut hub = Hub::open(folder).unwrap();
    hub.create("d");
    let say = |hub: &Hub, from: i64, to: i64| {
        for second in from..to {
            hub.say_at("d", second, &format!(r#"{{"n":{second}}}"#));
            if second % 100 == 0 {
                hub.shared.with(|state, now| {
                    state.report("d", serde_json::json!({ "p": second }).as_object().unwrap(), now).unwrap()
                });
            }
        }
    };
    say(&hub, 0, 700);
    hub.checkpoint().await;
    say(&hub, 700, 1_000);
    hub.checkpoint().await;
    say(&hub, 1_000, 1_300);
    hub.task.begin(0).unwrap().unwrap();
    say(&hub, 1_300, 1_600);
    hub
}

#[tokio::test]
async fn portions_in_either_order_are_all_rows_once() {
    let folder = tempfile::tempdir().unwrap();
    let hub = spread(folder.path()).await;
    let all: Vec<u64> = hub.rows("d").await.iter().map(|row| row.seq).collect();
    assert_eq!(all, (0..1_616).collect::<Vec<u64>>());
    for (newest_first, limit) in [(false, 100), (true, 100), (false, 1_616), (true, 257)] {
        let (mut seqs, mut after) = (Vec::new(), None);
        loop {
            let query = RowQuery { newest_first, limit, after, ..RowQuery::default() };
            let page = hub.shared.rows("d", query).await.unwrap();
            assert!(page.rows.len() <= limit);
            seqs.extend(page.rows.iter().map(|row| row.seq));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if newest_first {
            seqs.reverse();
        }
        assert_eq!(seqs, all, "newest first: {newest_first}, limit {limit}");
    }
}

#[tokio::test]
async fn rows_are_found_by_time_and_kind() {
    let folder = tempfile::tempdir().unwrap();
    let hub = spread(folder.path()).await;
    let at = |second| Some(Timestamp::from_second(second).unwrap());
    let query = RowQuery { from: at(650), to: at(1_350), limit: 10_000, ..RowQuery::default() };
    let found = hub.shared.rows("d", query).await.unwrap().rows;
    assert_eq!(found.len(), 701);
    let query = RowQuery { kinds: vec![Kind::Property], limit: 10_000, ..RowQuery::default() };
    let found = hub.shared.rows("d", query).await.unwrap().rows;
    assert_eq!(found.len(), 16);
    assert!(found.iter().all(|row| row.kind == Kind::Property));
}

#[tokio::test]
async fn a_portion_of_large_rows_is_bounded_by_bytes_and_the_next_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    let large = format!(r#"{{"n":"{}"}}"#, "x".repeat(250_000));
    (0..50).for_each(|second| hub.say_at("d", second, &large));
    hub.checkpoint().await;
    (50..100).for_each(|second| hub.say_at("d", second, &large));
    for newest_first in [false, true] {
        let (mut seqs, mut after) = (Vec::new(), None);
        loop {
            let query = RowQuery { newest_first, limit: 1_000, after, ..RowQuery::default() };
            let page = hub.shared.rows("d", query).await.unwrap();
            let bytes: usize = page.rows.iter().map(|row| row.body.len()).sum();
            assert!(bytes < 9_000_000, "{bytes}");
            seqs.extend(page.rows.iter().map(|row| row.seq));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if newest_first {
            seqs.reverse();
        }
        assert_eq!(seqs, (0..100).collect::<Vec<u64>>());
    }
}

async fn series(hub: &Hub, path: &str, from: Option<i64>, to: Option<i64>, width: usize) -> SeriesPage {
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let paths = vec![SeriesPath { component: None, path: path.to_owned(), as_states: false }];
    let query = SeriesQuery { paths, from: from.map(at), to: to.map(at), width, most: 4 * width };
    hub.shared.series("d", query).await.unwrap()
}

/// Since when and until when nothing is drawn.
fn gaps(drawn: &Drawn) -> Vec<(i64, Option<i64>)> {
    drawn.gaps.iter().map(|gap| (gap.from, gap.to)).collect()
}

#[tokio::test]
async fn a_chart_draws_files_and_memory_as_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let hub = spread(folder.path()).await;
    let page = series(&hub, "n", Some(0), Some(1_599), 10).await;
    let drawn = &page.drawn[0];
    assert_eq!((drawn.count, drawn.gaps.len()), (1_600, 0));
    assert_eq!(drawn.line.summaries().map(|one| one.n).sum::<u64>(), 1_600);
    let last = drawn.line.summaries().last().unwrap();
    assert_eq!((last.last, last.max.1), ((1_599_000, 1_599.0.into()), 1_599.0.into()));
    let part = series(&hub, "n", Some(690), Some(709), 10).await;
    let points: Vec<Number> = part.drawn[0].line.points().unwrap().iter().map(|(_, value)| *value).collect();
    assert_eq!(points, (690..710).map(|n| f64::from(n).into()).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_a_device_sends_late_is_drawn_where_it_belongs_and_fills_its_gap() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    (0..100).chain(200..300).for_each(|second| hub.say_at("d", second, &format!(r#"{{"n":{second}}}"#)));
    hub.checkpoint().await;
    let page = series(&hub, "n", None, None, 1_000).await;
    assert_eq!(gaps(&page.drawn[0]), [(99_000, Some(200_000))]);
    (100..200).for_each(|second| hub.say_at("d", second, &format!(r#"{{"n":{second}}}"#)));
    let page = series(&hub, "n", None, None, 1_000).await;
    let drawn = &page.drawn[0];
    assert_eq!(drawn.gaps, []);
    let values: Vec<Number> = drawn.line.points().unwrap().iter().map(|(_, value)| *value).collect();
    assert_eq!(values, (0..300).map(|n| f64::from(n).into()).collect::<Vec<_>>());
}

#[tokio::test]
async fn states_are_drawn_as_their_changes_and_nulls_interrupt_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    for (second, body) in
        [r#"{"n":1,"on":true}"#, r#"{"n":null,"on":true}"#, r#"{"n":2,"on":false}"#].iter().enumerate()
    {
        hub.say_at("d", second as i64, body);
    }
    let page = series(&hub, "on", None, None, 100).await;
    let changes: Vec<_> =
        page.drawn[0].states.changes().iter().map(|change| (change.at, change.state)).collect();
    assert_eq!(
        (changes, page.drawn[0].states.names()),
        (vec![(0, 0), (2_000, 1)], &["true".to_owned(), "false".to_owned()][..])
    );
    let page = series(&hub, "n", None, None, 100).await;
    assert_eq!((page.drawn[0].count, gaps(&page.drawn[0])), (2, vec![(1_000, Some(2_000))]));
}

#[tokio::test]
async fn a_chart_knows_the_values_next_to_its_frame_wherever_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let hub = spread(folder.path()).await;
    let number = |second: i64| Some((second * 1_000, Number::from(second as f64)));
    for (from, to) in [(700, 999), (650, 1_010), (1_290, 1_400), (1_000, 1_000)] {
        let drawn = &series(&hub, "n", Some(from), Some(to), 10).await.drawn[0];
        assert_eq!((drawn.before, drawn.after), (number(from - 1), number(to + 1)), "{from} to {to}");
        assert_eq!((drawn.count, drawn.gaps.len()), ((to - from + 1) as u64, 0));
    }
    let all = &series(&hub, "n", None, None, 10).await.drawn[0];
    assert_eq!((all.before, all.after), (None, None));
    let later = &series(&hub, "n", Some(5_000), Some(6_000), 10).await.drawn[0];
    assert_eq!((later.count, later.before, later.after), (0, number(1_599), None));
    let none = &series(&hub, "unknown", Some(700), Some(999), 10).await.drawn[0];
    assert_eq!((none.before, none.after), (None, None));
}

#[tokio::test]
async fn what_was_sent_late_is_next_to_the_frame_if_its_time_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    for second in [0, 100, 60, 10, 90] {
        hub.say_at("d", second, &format!(r#"{{"n":{second}}}"#));
        hub.checkpoint().await;
    }
    let drawn = &series(&hub, "n", Some(70), Some(80), 10).await.drawn[0];
    let at = |found: Option<(i64, Number)>| found.map(|(at, _)| at);
    assert_eq!((at(drawn.before), at(drawn.after)), (Some(60_000), Some(90_000)));
}

#[tokio::test]
async fn a_gap_that_fills_the_frame_is_known_from_what_is_usual_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    (0..100).chain(200..300).for_each(|second| hub.say_at("d", second, &format!(r#"{{"n":{second}}}"#)));
    let drawn = &series(&hub, "n", Some(120), Some(180), 1_000).await.drawn[0];
    assert_eq!((drawn.count, gaps(drawn)), (0, vec![(99_000, Some(200_000))]));
}

#[tokio::test]
async fn a_lane_begins_with_the_state_that_was_set_long_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say_at("d", 0, r#"{"on":false}"#);
    hub.say_at("d", 10, r#"{"on":true}"#);
    for part in 0..3 {
        (0..300).for_each(|n| hub.say_at("d", 1_000 + part * 300 + n, r#"{"n":1}"#));
        hub.checkpoint().await;
    }
    let drawn = &series(&hub, "on", Some(1_500), Some(1_600), 100).await.drawn[0];
    let changes: Vec<_> = drawn.states.changes().iter().map(|one| (one.at, one.state)).collect();
    assert_eq!((changes, drawn.states.names()), (vec![(10_000, 0)], &["true".to_owned()][..]));
    assert_eq!((drawn.count, gaps(drawn)), (0, vec![]));
}

#[tokio::test]
async fn what_says_that_it_is_no_number_interrupts_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    for (second, body) in [r#"{"n":1}"#, r#"{"n":"NaN"}"#, r#"{"n":2}"#].iter().enumerate() {
        hub.say_at("d", second as i64, body);
    }
    let drawn = &series(&hub, "n", None, None, 100).await.drawn[0];
    assert_eq!((drawn.count, gaps(drawn)), (2, vec![(1_000, Some(2_000))]));
    assert_eq!(drawn.states.changes(), []);
}

#[tokio::test]
async fn a_long_keeps_its_digits_in_files_and_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open(folder.path()).unwrap();
    hub.create("d");
    hub.say_at("d", 1, r#"{"n":9007199254740993}"#);
    hub.checkpoint().await;
    hub.say_at("d", 2, r#"{"n":-9223372036854775807}"#);
    let drawn = &series(&hub, "n", None, None, 100).await.drawn[0];
    let digits: Vec<_> = drawn.line.points().unwrap().iter().map(|(_, n)| n.json().to_string()).collect();
    assert_eq!(digits, ["9007199254740993", "-9223372036854775807"]);
}
