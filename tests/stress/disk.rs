//! What takes the disk away: there is no room, or nothing may be written. Reading goes on, what is told is true, nothing is
//! half there, and when there is room again it is written as before.
//!
//! A small disk is mounted where that is allowed; elsewhere no file of the process may grow beyond some size.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    kill::{ENTITIES, Trial, post},
    say,
};

/// How soon after there is room again it must be written, where the service is not started anew.
const SOON: Duration = Duration::from_secs(60);

/// Takes the disk away in every way that is allowed here.
pub fn all() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime is made");
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut trial = Trial::new(folder.path(), 1);
    std::fs::create_dir(trial.store()).expect("the folder is made");
    let small = Mount::new(&["-t", "tmpfs", "-o", "size=64m", "none"], &trial.store());
    runtime.block_on(async {
        trial.start(&[]).await;
        for number in 0..ENTITIES {
            trial.create(number).await;
        }
        let stored = post(&trial.client, &trial.address, 0, "before").await.expect("it answers");
        assert_eq!(stored.0, 200, "{}", stored.1);
        match &small {
            Some(small) => {
                trial.a_full_disk(small).await;
                trial.a_disk_for_reading(small).await;
            }
            None => trial.files_that_cannot_grow().await,
        }
        trial.kill();
    });
}

impl Trial {
    async fn a_full_disk(&mut self, small: &Mount) {
        let ballast = self.store().join("ballast");
        fill_but_for(&ballast, 1 << 20);
        self.refuses_and_can_be_read().await;
        std::fs::remove_file(&ballast).expect("it is removed");
        small.remount("size=1g");
        let begun = Instant::now();
        // It is written again without a start, as soon as the store has looked.
        loop {
            let (status, body) = post(&self.client, &self.address, 1, "with room").await.expect("it answers");
            if status == 200 {
                break;
            }
            assert_eq!(status, 507, "{body}");
            assert!(begun.elapsed() < SOON, "there is room, and nothing is stored: {body}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        say(&format!("with room again it was stored after {:.1} s", begun.elapsed().as_secs_f64()));
        self.kill();
        self.look("after the disk was full").await;
        let (status, body) = post(&self.client, &self.address, 0, "after").await.expect("it answers");
        assert_eq!(status, 200, "{body}");
    }

    async fn a_disk_for_reading(&mut self, small: &Mount) {
        self.kill();
        small.remount("ro");
        self.start(&[]).await;
        self.can_be_read().await;
        let (status, body) = post(&self.client, &self.address, 0, "on a read-only disk").await.expect("it answers");
        assert!(status == 507 && body.contains("read-only"), "{status} {body}");
        self.can_be_read().await;
        self.kill();
        small.remount("rw");
        self.look("after the disk was read-only").await;
        let (status, body) = post(&self.client, &self.address, 0, "to be written again").await.expect("it answers");
        assert_eq!(status, 200, "{body}");
    }

    async fn files_that_cannot_grow(&mut self) {
        say(
            "a small disk cannot be mounted here; no file may grow beyond 2 MiB instead, and read-only is not looked at",
        );
        self.kill();
        // The signal that would end the program is ignored: on a full disk there is none.
        self.start(&["sh", "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""]).await;
        self.refuses_and_can_be_read().await;
        self.kill();
        self.look("after no file could grow").await;
        let (status, body) = post(&self.client, &self.address, 0, "after").await.expect("it answers");
        assert_eq!(status, 200, "{body}");
    }

    /// Adds documents until one is refused, and looks at what is told and at what is there.
    async fn refuses_and_can_be_read(&self) {
        let (status, body) = self.fill().await;
        assert!(status == 507 && body.contains("nothing can be stored"), "{status} {body}");
        self.can_be_read().await;
        let words = "once more ".repeat(20_000);
        let (status, body) = post(&self.client, &self.address, 1, &words).await.expect("it answers");
        assert_eq!(status, 507, "{body}");
        self.can_be_read().await;
        self.log_is_whole("while the disk is full").await;
        self.documents_are_whole("while the disk is full").await;
    }

    async fn fill(&self) -> (u16, String) {
        for number in 1..20_000 {
            let words = format!("x{number}y ").repeat(4_000);
            let (status, body) = post(&self.client, &self.address, number, &words).await.expect("it answers");
            if status != 200 {
                say(&format!("document {number}: {status} {body}"));
                return (status, body);
            }
        }
        panic!("the disk is never full")
    }

    async fn can_be_read(&self) {
        for path in ["/doc/k-0.jsonld", "/api/search?q=kappa", "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"] {
            self.get(path).await;
        }
    }
}

/// Fills a disk with one file, and leaves so many bytes.
fn fill_but_for(path: &Path, left: u64) {
    let mut file = std::fs::File::create(path).expect("the file is made");
    let block = vec![7; 1 << 16];
    while file.write_all(&block).is_ok() {}
    let length = file.metadata().expect("it is there").len();
    file.set_len(length.saturating_sub(left)).expect("it is cut");
}

/// A disk of its own, where that may be mounted.
struct Mount(PathBuf);

impl Mount {
    fn new(what: &[&str], place: &Path) -> Option<Self> {
        let status = Command::new("mount").args(what).arg(place).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success()).then(|| Self(place.to_owned()))
    }

    fn remount(&self, how: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status();
        assert!(status.is_ok_and(|status| status.success()), "it cannot be mounted with {how}");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
