use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::{Durable, Keeper, Records, pack, unpack};
use crate::sandbox::AccountId;

/// A service that is nothing but its records.
#[derive(Default)]
struct Box(Mutex<BTreeMap<String, Vec<u8>>>);

impl Box {
    fn set(&self, key: &str, value: &str) {
        self.0.lock().unwrap().insert(key.to_owned(), value.as_bytes().to_vec());
    }
    fn get(&self, key: &str) -> Option<String> {
        self.0.lock().unwrap().get(key).map(|value| String::from_utf8(value.clone()).unwrap())
    }
}

impl Durable for Box {
    fn name(&self) -> &'static str {
        "box"
    }
    fn records(&self, _: &AccountId, _: &Keeper) -> Result<Option<Records>, String> {
        Ok(Some(self.0.lock().unwrap().clone().into_iter().collect()))
    }
    fn restore(&self, _: &AccountId, records: Records, _: &Keeper) -> Result<(), String> {
        *self.0.lock().unwrap() = records.into_iter().collect();
        Ok(())
    }
}

fn opened(folder: &std::path::Path) -> (Keeper, Arc<Box>, usize) {
    let (keeper, found) = Keeper::open(folder).unwrap();
    let (service, torn) = (Arc::new(Box::default()), found.torn);
    keeper.attach(found, vec![(&["box"], service.clone())]).unwrap();
    (keeper, service, torn)
}

async fn save(keeper: &Keeper) {
    keeper.save("box", &AccountId::fallback()).unwrap();
    keeper.settled().await.unwrap();
}

#[tokio::test]
async fn what_was_settled_is_there_after_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let (keeper, service, _) = opened(folder.path());
    service.set("a", "1");
    service.set("b", "2");
    save(&keeper).await;
    service.0.lock().unwrap().remove("b");
    service.set("a", "3");
    save(&keeper).await;
    drop(keeper);
    let (_keeper, service, torn) = opened(folder.path());
    assert_eq!((service.get("a").as_deref(), service.get("b"), torn), (Some("3"), None, 0));
}

#[tokio::test]
async fn a_torn_end_is_cut_and_told_and_all_before_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (keeper, service, _) = opened(folder.path());
    service.set("a", "1");
    save(&keeper).await;
    let sound = fs::metadata(folder.path().join("journal")).unwrap().len();
    service.set("a", "2");
    save(&keeper).await;
    drop(keeper);
    let journal = folder.path().join("journal");
    let bytes = fs::read(&journal).unwrap();
    fs::write(&journal, &bytes[..bytes.len() - 3]).unwrap();
    let (keeper, service, torn) = opened(folder.path());
    assert_eq!(
        (service.get("a").as_deref(), torn),
        (Some("1"), bytes.len() - 3 - usize::try_from(sound).unwrap())
    );
    service.set("a", "4");
    save(&keeper).await;
    drop(keeper);
    assert_eq!(opened(folder.path()).1.get("a").as_deref(), Some("4"));
}

#[tokio::test]
async fn a_folder_has_one_sandbox_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = opened(folder.path());
    let problem = Keeper::open(folder.path()).unwrap_err().to_string();
    assert!(problem.contains("in use by another sandbox"), "{problem}");
    drop(first);
    opened(folder.path());
}

#[tokio::test]
async fn an_archive_holds_everything_and_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (keeper, service, _) = opened(folder.path());
    let digest = keeper.put_content(&"hello".into()).unwrap();
    service.set("a", &json!({ "content": digest }).to_string());
    save(&keeper).await;
    let archive = pack(&keeper, &json!({ "by": "test" })).unwrap().unwrap();
    let (copy, found, facts) = unpack(&archive).unwrap();
    let service = Arc::new(Box::default());
    copy.attach(found, vec![(&["box"], service.clone())]).unwrap();
    assert!(service.get("a").unwrap().contains(&digest));
    assert_eq!((&copy.content(&digest).unwrap()[..], facts["by"].as_str()), (&b"hello"[..], Some("test")));
    let mut damaged = archive.clone();
    let at = zip::ZipArchive::new(std::io::Cursor::new(&archive))
        .unwrap()
        .by_name("journal")
        .unwrap()
        .data_start();
    damaged[usize::try_from(at.unwrap()).unwrap() + 2] ^= 1;
    assert!(unpack(&damaged).is_err());
}

#[tokio::test]
async fn a_disk_that_is_full_refuses_changes_and_says_why() {
    // Every write to this device fails with ENOSPC.
    let Ok(full) = fs::OpenOptions::new().append(true).open("/dev/full") else { return };
    let writer = super::writer::Writer::start(full).unwrap();
    writer.append(&[super::frame::Change::Remove("a".to_owned())]);
    let trouble = writer.settled().await.unwrap_err();
    assert!(trouble.contains("No space left on device"), "{trouble}");
    assert_eq!(writer.trouble(), Some(trouble));
}
