//! The keys that tokens may be signed with, each for its own algorithms.

use std::path::Path;

use impasto::SettingError;
use impasto::settings::Secret;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;

/// Some keys.
pub(super) struct Keys(Vec<Key>);

pub(super) struct Key {
    id: Option<String>,
    /// What it was made for. A token that is signed in another way is not its.
    algorithms: Vec<Algorithm>,
    pub(super) key: DecodingKey,
}

/// The shortest secret, in bytes (RFC 7518, 3.2).
const SHORTEST: usize = 32;

impl Keys {
    /// One that the issuer has too.
    pub(super) fn shared(secret: &Secret) -> Result<Keys, SettingError> {
        let secret = secret.expose().as_bytes();
        if secret.len() < SHORTEST {
            return Err(SettingError::new("secret", "must be of 32 bytes or more"));
        }
        Ok(Keys(vec![Key {
            id: None,
            algorithms: AlgorithmFamily::Hmac.algorithms().to_vec(),
            key: DecodingKey::from_secret(secret),
        }]))
    }

    /// Those of a file.
    pub(super) fn read(path: &Path) -> Result<Keys, SettingError> {
        let error = |why: String| SettingError::new("keys_file", why);
        impasto::reads(path);
        let text =
            std::fs::read_to_string(path).map_err(|why| error(format!("cannot be read: {why}")))?;
        match text.trim_start().starts_with('{') {
            true => Keys::of_set(text.as_bytes(), Secrets::AreAllowed),
            false => Keys::of_pem(&text),
        }
        .map_err(|why| error(format!("cannot be used: {why:#}")))
    }

    /// Those of a JWK set (RFC 7517) that are for signatures in one of our ways; others are left out, as the RFC
    /// has it.
    pub(super) fn of_set(text: &[u8], secrets: Secrets) -> anyhow::Result<Keys> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }

        let Set { keys } = serde_json::from_slice(text)?;
        let keys = keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let keys: Vec<_> = keys.filter_map(|key| Key::of_jwk(&key, secrets)).collect();
        anyhow::ensure!(!keys.is_empty(), "there is no key for signatures in it");
        Ok(Keys(keys))
    }

    fn of_pem(text: &str) -> anyhow::Result<Keys> {
        const END: &str = "-----END";
        let mut keys = Vec::new();
        let mut rest = text;
        while let Some(end) = rest.find(END) {
            let line = rest[end..].find('\n').map_or(rest.len(), |length| end + length);
            let (block, after) = rest.split_at(line);
            let key = Key::of_pem(block.trim()).ok_or_else(|| {
                anyhow::anyhow!(
                    "key {} is no public key of RSA, P-256, P-384 or Ed25519",
                    keys.len() + 1
                )
            })?;
            keys.push(key);
            rest = after;
        }
        anyhow::ensure!(!keys.is_empty(), "it is neither a JWK set nor has it keys in PEM");
        Ok(Keys(keys))
    }

    /// Those that may have signed a token that names a key, or none, and an algorithm. A key without a name may
    /// have signed anything of its kind.
    pub(super) fn fitting(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &Key> {
        let is_named = move |key: &Key| match (&key.id, id) {
            (Some(own), Some(id)) => own == id,
            _ => true,
        };
        self.0.iter().filter(move |key| key.algorithms.contains(&algorithm) && is_named(key))
    }
}

/// Whether a JWK set may have secrets in it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Secrets {
    AreAllowed,
    /// Who can fetch them can sign tokens.
    AreRefused,
}

impl Key {
    fn of_jwk(jwk: &Jwk, secrets: Secrets) -> Option<Key> {
        use AlgorithmFamily::{Ed, Hmac, Rsa};

        let common = &jwk.common;
        let is_for_signatures = match (&common.public_key_use, &common.key_operations) {
            (Some(of), _) => *of == PublicKeyUse::Signature,
            (None, Some(operations)) => operations.contains(&KeyOperations::Verify),
            (None, None) => true,
        };
        let family = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Rsa.algorithms(),
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => &[Algorithm::ES256][..],
                EllipticCurve::P384 => &[Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                Ed.algorithms()
            }
            AlgorithmParameters::OctetKey(_) if secrets == Secrets::AreAllowed => Hmac.algorithms(),
            _ => return None,
        };
        // A key for one algorithm is for that one, if it can be.
        let algorithms: Vec<_> = match common.key_algorithm {
            Some(only) => {
                let only = Algorithm::try_from(only).ok()?;
                family.iter().copied().filter(|own| *own == only).collect()
            }
            None => family.to_vec(),
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        let is_strong = key.family() != Hmac
            || key.try_get_as_bytes().is_ok_and(|secret| secret.len() >= SHORTEST);
        let is_good = is_for_signatures && is_strong && !algorithms.is_empty();
        is_good.then(|| Key { id: common.key_id.clone(), algorithms, key })
    }

    fn of_pem(block: &str) -> Option<Key> {
        let block = block.as_bytes();
        let key = DecodingKey::from_rsa_pem(block)
            .or_else(|_| DecodingKey::from_ec_pem(block))
            .or_else(|_| DecodingKey::from_ed_pem(block))
            .ok()?;
        Some(Key { id: None, algorithms: key.family().algorithms().to_vec(), key })
    }
}
