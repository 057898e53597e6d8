//! Users and what their passwords must come to.

use std::collections::BTreeMap;
use std::path::Path;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use sha_crypt::{PasswordHashRef, PasswordVerifier, ShaCrypt};

/// What a password must come to.
pub(super) enum Hash {
    Bcrypt(String),
    Argon2(String),
    ShaCrypt(String),
}

impl Hash {
    /// What is wrong with a hash is said without showing it.
    pub(super) fn of(text: &str) -> Result<Hash, &'static str> {
        let is = |prefixes: &[&str]| prefixes.iter().any(|prefix| text.starts_with(prefix));
        if is(&["$2a$", "$2b$", "$2y$"]) {
            let parts = text.parse::<bcrypt::HashParts>();
            return parts.map(|_| Hash::Bcrypt(text.to_owned())).map_err(|_| "is no bcrypt hash");
        }
        if is(&["$argon2"]) {
            let hash = PasswordHash::new(text).map_err(|_| "is no Argon2 hash");
            return hash.map(|_| Hash::Argon2(text.to_owned()));
        }
        if is(&["$5$", "$6$"]) {
            let hash = PasswordHashRef::new(text).map_err(|_| "is no hash of SHA crypt");
            return hash.map(|_| Hash::ShaCrypt(text.to_owned()));
        }
        Err("is hashed with neither bcrypt, Argon2 nor SHA crypt")
    }

    /// Whether the password is the one. This takes long, and as long for one as for another.
    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        match self {
            Hash::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
            Hash::Argon2(hash) => PasswordHash::new(hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok()),
            Hash::ShaCrypt(hash) => ShaCrypt::default().verify_password(password, &**hash).is_ok(),
        }
    }
}

/// The users and their hashes.
#[derive(Default)]
pub(super) struct Users(pub(super) BTreeMap<String, Hash>);

impl Users {
    pub(super) fn read(path: &Path) -> anyhow::Result<Users> {
        impasto::reads(path);
        let text = std::fs::read_to_string(path)
            .map_err(|error| anyhow::anyhow!("cannot be read: {error}"))?;
        Users::parse(&text)
    }

    pub(super) fn parse(text: &str) -> anyhow::Result<Users> {
        let mut users = BTreeMap::new();
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((user, hash)) = line.split_once(':') else {
                anyhow::bail!("line {number} is not `NAME:HASH`");
            };
            let hash = Hash::of(hash)
                .map_err(|why| anyhow::anyhow!("the password of {user:?} (line {number}) {why}"))?;
            // The first counts, as with Apache and oslo.
            users.entry(user.to_owned()).or_insert(hash);
        }
        anyhow::ensure!(!users.is_empty(), "names no user");
        Ok(Users(users))
    }
}
