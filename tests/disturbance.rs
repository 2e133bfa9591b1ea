//! Grading in bad weather: what a proxy delays, throttles, cuts off, fails, denies, repeats and answers from yesterday.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use proofmark::aws::{Clients, Endpoint, Settling};
use proofmark::disturb::{Disturber, Weather};
use proofmark::grade::{Graded, Limits, grade};
use proofmark::score::Result as End;
use proofmark::source::read_folder;
use proofmark::target::Lease;

use crate::support::{Lab, Standing};

/// Grades of each kind of weather; some stand side by side, so that waiting costs little.
const GRADES: u64 = 20;
const SIDE_BY_SIDE: usize = 5;
/// What a delayed call waits at most.
const LONGEST: Duration = Duration::from_millis(150);

/// Grades a standing scenario through a proxy.
async fn graded(standing: &Standing<'_>, weather: Weather) -> (Graded, Duration, (u64, u64)) {
    let endpoint = &standing.lease.clients.endpoint;
    let upstream = endpoint.url.as_deref().unwrap();
    let proxy = Disturber::start(upstream, weather, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let behind = Endpoint { url: Some(proxy.url()), settling: Settling::Eventual, ..endpoint.clone() };
    let lease = Lease { clients: Clients::new(&behind), ..standing.lease.clone() };
    let mut job = standing.job(Limits { parallel: 4, ..Limits::default() });
    job.lease = lease;
    job.seed = weather.seed;
    let began = Instant::now();
    let graded = grade(job).await;
    (graded, began.elapsed(), proxy.counts())
}

/// Grades many times, each with a seed of its own, and adds up what came.
async fn many(standing: &Standing<'_>, percent: u8) -> Tally {
    let mut tally = Tally::default();
    let mut seeds = (1..=GRADES).peekable();
    while seeds.peek().is_some() {
        let batch = seeds.by_ref().take(SIDE_BY_SIDE);
        let batch = batch.map(|seed| graded(standing, Weather { percent, seed, longest: LONGEST }));
        for (graded, elapsed, (calls, disturbed)) in futures_of(batch.collect()).await {
            tally.elapsed += elapsed;
            tally.calls += calls;
            tally.disturbed += disturbed;
            let words = graded.verdicts.iter().map(|verdict| {
                (format!("{}/{}", verdict.task, verdict.check), verdict.outcome.word().to_owned())
            });
            tally.grades.push((graded.scorecard.result, words.collect()));
        }
    }
    tally
}

async fn futures_of<F: Future>(all: Vec<F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.into_iter().map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut open = false;
        for (one, output) in &mut all {
            if output.is_none() {
                match one.as_mut().poll(context) {
                    std::task::Poll::Ready(done) => *output = Some(done),
                    std::task::Poll::Pending => open = true,
                }
            }
        }
        if open { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    all.into_iter().map(|(_, output)| output.unwrap()).collect()
}

type Words = BTreeMap<String, String>;

#[derive(Debug, Default)]
struct Tally {
    grades: Vec<(End, Words)>,
    elapsed: Duration,
    calls: u64,
    disturbed: u64,
}

impl Tally {
    fn results(&self, result: End) -> usize {
        self.grades.iter().filter(|(one, _)| *one == result).count()
    }

    /// How many came to these words exactly.
    fn equal(&self, words: &Words) -> usize {
        self.grades.iter().filter(|(_, one)| one == words).count()
    }

    /// Lists the verdicts that are the opposite of these words: what could not be seen may be undetermined, and never turned round.
    fn turned_round(&self, words: &Words) -> Vec<&str> {
        let opposite = |one: &str, other: &str| matches!((one, other), ("pass", "fail") | ("fail", "pass"));
        let grades = self.grades.iter().flat_map(|(_, one)| one);
        grades
            .filter(|(check, word)| opposite(word, &words[*check]))
            .map(|(check, _)| check.as_str())
            .collect()
    }

    /// Asserts that the proxy did what it was asked for.
    fn was_disturbed(&self, percent: u64) {
        let (calls, disturbed) = (self.calls, self.disturbed);
        assert!(disturbed * 100 > calls * percent / 2, "{disturbed} of {calls} calls were disturbed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_weather_delays_grades_and_turns_none_round() {
    let lab = Lab::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/disturbance");
    let files = read_folder(&folder).unwrap();
    let right = lab.definition(&files).provision().await;
    let wrong = lab.definition(&files).broken_start().provision().await;

    // Functions are warm in all that follows.
    graded(&right, Weather { percent: 0, seed: 1, longest: LONGEST }).await;
    let (calm, still) = (many(&right, 0).await, many(&wrong, 0).await);
    assert_eq!(calm.results(End::Passed), calm.grades.len(), "{:?}", calm.grades[0]);
    assert_eq!(still.results(End::Failed), still.grades.len(), "{:?}", still.grades[0]);
    let (passing, failing) = (calm.grades[0].1.clone(), still.grades[0].1.clone());

    let breeze = many(&right, 5).await;
    breeze.was_disturbed(5);
    let enough = breeze.grades.len() * 95 / 100;
    assert_eq!(breeze.results(End::Failed), 0, "who should pass was failed: {:?}", breeze.grades);
    assert_eq!(breeze.turned_round(&passing), Vec::<&str>::new());
    assert!(
        breeze.equal(&passing) >= enough,
        "{} of {}: {:?}",
        breeze.equal(&passing),
        breeze.grades.len(),
        breeze.grades
    );
    // For whoever reads along: how long it takes is a matter of the machine too, so that nothing is asserted of it here.
    println!("calm {:?}, disturbed {:?}", calm.elapsed, breeze.elapsed);
    let breeze = many(&wrong, 5).await;
    assert_eq!(breeze.results(End::Passed), 0, "wrong work passed: {:?}", breeze.grades);
    assert_eq!(breeze.turned_round(&failing), Vec::<&str>::new());
    assert!(
        breeze.equal(&failing) >= enough,
        "{} of {}: {:?}",
        breeze.equal(&failing),
        breeze.grades.len(),
        breeze.grades
    );

    let storm = many(&right, 30).await;
    storm.was_disturbed(30);
    println!("storm, right work: {:?}", storm.turned_round(&passing));
    assert_eq!(storm.results(End::Failed), 0, "who should pass was failed: {:?}", storm.grades);
    let storm = many(&wrong, 30).await;
    println!("storm, wrong work: {:?}", storm.turned_round(&failing));
    assert_eq!(storm.results(End::Passed), 0, "wrong work passed: {:?}", storm.grades);
}
