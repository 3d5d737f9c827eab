//! An addition of many files that broke off leaves a mark. What it stored is whole, and the same call again adds what is
//! missing; but it may have left undone what comes last: linking again whatever names the things that it brought.

use std::sync::atomic::Ordering;

use super::Archive;
use crate::store::Error;

/// No addition of many files is going on, as far as this process knows.
const NONE: u8 = 0;
/// One is going on.
const GOING_ON: u8 = 1;
/// One has stored everything; what names its things is still to be linked again.
const STORED: u8 = 2;

impl Archive {
    /// Marks that many files are being added. Tells whether an earlier addition broke off, and has everything linked
    /// again where one did.
    pub(super) async fn begin_adding(&self) -> Result<bool, Error> {
        let broke_off = self.store.is_adding().await? && self.adding.load(Ordering::Acquire) != STORED;
        self.adding.store(GOING_ON, Ordering::Release);
        if broke_off {
            self.relink_everything();
        } else {
            self.store.set_adding(true).await?;
        }
        Ok(broke_off)
    }

    /// Everything is stored; the mark goes once everything is linked again.
    pub(super) fn adding_is_over(&self) {
        self.adding.store(STORED, Ordering::Release);
        self.changed.notify_one();
    }

    /// Takes the mark away, where everything that was added is linked.
    pub(super) async fn end_adding(&self) -> Result<(), Error> {
        if self.adding.load(Ordering::Acquire) != STORED {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        if self.adding.load(Ordering::Acquire) == STORED && self.nothing_waits() {
            self.store.set_adding(false).await?;
            self.adding.store(NONE, Ordering::Release);
        }
        Ok(())
    }

    /// Takes up what an addition in an earlier process has left undone.
    pub(super) async fn take_up(&self) -> Result<(), Error> {
        if self.adding.load(Ordering::Acquire) == NONE && self.store.is_adding().await? {
            tracing::info!("an addition of files broke off earlier; everything is linked again");
            self.relink_everything();
            self.adding.store(STORED, Ordering::Release);
        }
        Ok(())
    }
}
