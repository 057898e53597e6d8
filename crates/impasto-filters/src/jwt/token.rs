//! Whether a token is good.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm as Signing, Validation, decode, decode_header};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Jwt;
use super::keys::Keys;

/// A way to sign, as files name it.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
pub(super) enum Algorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

impl Algorithm {
    const ALL: [Algorithm; 12] = {
        use Algorithm::*;
        [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA]
    };

    fn signing(self) -> Signing {
        match self {
            Algorithm::HS256 => Signing::HS256,
            Algorithm::HS384 => Signing::HS384,
            Algorithm::HS512 => Signing::HS512,
            Algorithm::RS256 => Signing::RS256,
            Algorithm::RS384 => Signing::RS384,
            Algorithm::RS512 => Signing::RS512,
            Algorithm::PS256 => Signing::PS256,
            Algorithm::PS384 => Signing::PS384,
            Algorithm::PS512 => Signing::PS512,
            Algorithm::ES256 => Signing::ES256,
            Algorithm::ES384 => Signing::ES384,
            Algorithm::EdDSA => Signing::EdDSA,
        }
    }
}

/// What a token must be like.
pub(super) struct Rules {
    /// For each algorithm that is taken, made once: there are sets in it.
    by_algorithm: Vec<(Signing, Validation)>,
}

impl Rules {
    pub(super) fn of(settings: &Jwt) -> Rules {
        let taken = match &*settings.algorithms {
            [] => &Algorithm::ALL[..],
            some => some,
        };
        let validation = |algorithm: &Algorithm| {
            let mut validation = Validation::new(algorithm.signing());
            validation.leeway = settings.leeway.get().as_secs();
            validation.validate_nbf = true;
            let mut required = vec!["exp"];
            if !settings.issuer.is_empty() {
                validation.set_issuer(&settings.issuer);
                required.push("iss");
            }
            if !settings.audience.is_empty() {
                validation.set_audience(&settings.audience);
                required.push("aud");
            }
            validation.set_required_spec_claims(&required);
            (algorithm.signing(), validation)
        };
        Rules { by_algorithm: taken.iter().map(validation).collect() }
    }

    /// What is in a token that one of these keys has signed.
    pub(super) fn verified(&self, token: &str, keys: &Keys) -> Result<Map<String, Value>, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::Malformed)?;
        // RFC 7515, 4.1.11: it names what must be understood, and we understand nothing more.
        if header.crit.is_some() {
            return Err(Refusal::Critical);
        }
        let mut rules = self.by_algorithm.iter();
        let rules = rules.find(|(taken, _)| *taken == header.alg);
        let (_, validation) = rules.ok_or(Refusal::Algorithm)?;
        let mut is_tried = false;
        for key in keys.fitting(header.kid.as_deref(), header.alg) {
            is_tried = true;
            match decode(token, &key.key, validation) {
                Ok(data) => return Ok(data.claims),
                // Another one may have signed it.
                Err(error) if *error.kind() == ErrorKind::InvalidSignature => {}
                Err(error) => return Err(Refusal::of(error.kind())),
            }
        }
        match is_tried && header.kid.is_some() {
            true => Err(Refusal::Signature),
            false => Err(Refusal::UnknownKey),
        }
    }
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Refusal {
    Malformed,
    Critical,
    Algorithm,
    /// None of the keys that are known fits it, so newer ones may.
    UnknownKey,
    Signature,
    Expired,
    TooEarly,
    Issuer,
    Audience,
    Missing,
    Claims,
}

impl Refusal {
    fn of(kind: &ErrorKind) -> Refusal {
        match kind {
            ErrorKind::ExpiredSignature => Refusal::Expired,
            ErrorKind::ImmatureSignature => Refusal::TooEarly,
            ErrorKind::InvalidIssuer => Refusal::Issuer,
            ErrorKind::InvalidAudience => Refusal::Audience,
            ErrorKind::MissingRequiredClaim(_) => Refusal::Missing,
            ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
            _ => Refusal::Malformed,
        }
    }

    /// What is said of the token, which is the subject.
    pub(super) fn words(self) -> &'static str {
        match self {
            Refusal::Malformed => "cannot be read",
            Refusal::Critical => "asks for something that is not known here",
            Refusal::Algorithm => "is signed in a way that is not taken",
            Refusal::UnknownKey | Refusal::Signature => "is not signed by a known key",
            Refusal::Expired => "has expired",
            Refusal::TooEarly => "is not valid yet",
            Refusal::Issuer => "is of another issuer",
            Refusal::Audience => "is for somebody else",
            Refusal::Missing => "lacks a claim",
            Refusal::Claims => "has a claim that cannot be passed on",
        }
    }
}
