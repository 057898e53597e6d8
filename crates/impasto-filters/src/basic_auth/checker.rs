//! Whether a password is right, without keeping anybody waiting but the one who asks.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::Credentials;
use super::users::{Hash, Users};

/// How long a password that was right is known again.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Right,
    Wrong,
}

pub(super) struct Checker {
    users: Users,
    places: Arc<Semaphore>,
    /// For each user the digest of the password that was right, and when. Not more than there are users.
    known: Mutex<HashMap<String, ([u8; 32], Instant)>>,
    /// Makes the digests this process's own.
    salt: [u8; 32],
    hasher: RandomState,
}

impl Checker {
    pub(super) fn new(users: Users, max_checks: u16) -> Checker {
        // The standard library's seeds are the system's randomness.
        let random = || RandomState::new().hash_one(0).to_le_bytes();
        let salt = [random(), random(), random(), random()];
        Checker {
            users,
            places: Arc::new(Semaphore::new(max_checks.into())),
            known: Mutex::default(),
            salt: *salt.as_flattened().first_chunk().unwrap_or(&[0; 32]),
            hasher: RandomState::new(),
        }
    }

    pub(super) async fn check(this: &Arc<Checker>, credentials: Credentials) -> Verdict {
        let digest = this.digest(&credentials);
        if this.knows(&credentials.user, &digest) {
            return Verdict::Right;
        }
        let Ok(place) = this.places.clone().acquire_owned().await else { return Verdict::Wrong };
        // Another request of the same client may have been waited for.
        if this.knows(&credentials.user, &digest) {
            return Verdict::Right;
        }
        let checker = this.clone();
        // The place is kept until the check is over, also when the client has gone.
        let check = tokio::task::spawn_blocking(move || {
            let _place = place;
            checker.is_right(&credentials, digest)
        });
        match check.await {
            Ok(true) => Verdict::Right,
            _ => Verdict::Wrong,
        }
    }

    fn is_right(&self, credentials: &Credentials, digest: [u8; 32]) -> bool {
        let own = self.users.0.get(&credentials.user);
        let Some(hash) = own.or_else(|| self.stand_in(&credentials.user)) else { return false };
        // In this order: a user who is not in the file costs as much.
        let is_right = hash.is_of(&credentials.password) & own.is_some();
        if is_right {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(credentials.user.clone(), (digest, Instant::now()));
        }
        is_right
    }

    /// The hash of some other user, always the same one for a name.
    fn stand_in(&self, user: &str) -> Option<&Hash> {
        let count = self.users.0.len() as u64;
        let place = self.hasher.hash_one(user).checked_rem(count)?;
        self.users.0.values().nth(usize::try_from(place).ok()?)
    }

    fn knows(&self, user: &str, digest: &[u8; 32]) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(user).is_some_and(|(right, when)| {
            bool::from(right.ct_eq(digest)) && when.elapsed() < REMEMBERED
        })
    }

    fn digest(&self, credentials: &Credentials) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.salt);
        digest.update(&credentials.password);
        digest.finalize().into()
    }

    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
