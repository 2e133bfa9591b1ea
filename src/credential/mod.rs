//! Credentials that anyone can verify: Open Badges 3.0 with a Data Integrity proof.
//!
//! In: an [`Award`], the plain struct of a graded attempt. [`compose`] writes its credential, [`sign`] signs it over its canonical
//! form. Everything but the issuer's folder is pure: time and randomness come as arguments.

mod award;
mod bake;
mod canonical;
mod compose;
mod did;
mod draw;
mod finding;
mod issuer;
mod key;
mod model;
mod proof;
mod rederive;
#[cfg(test)]
mod sample;
mod site;
mod status;
mod token;
mod verify;
mod vocabulary;

pub use award::{Award, AwardedChallenge, Digests, Recipient, Refusal, Setting};
pub use bake::{Document, bake_png, bake_svg};
pub use canonical::{CanonicalError, canonical};
pub use compose::{Issuance, IssuerProfile, compose};
pub use did::{DocumentKey, did_key, did_web, document, document_url, method_id};
pub use draw::{Face, badge, png};
pub use finding::{Finding, Outcome, State};
pub use issuer::{
    Change, Found, Issue, Issuer, IssuerError, IssuerKey, PublicHalf, Record, Standing, last_change, not_live,
};
pub use key::{KeyError, PublicKey, SecretKey};
pub use model::{
    Achieved, Achievement, AchievementSubject, Criteria, Evidence, IdentityObject, Image, OpenBadge, Profile,
    ResultDescription, StatusEntry,
};
pub use proof::{Proof, ProofError, SUITE, sign};
pub use rederive::rederive;
pub use site::{Exhibit, Images, Shelf, images, site};
pub use status::{ENTRIES, StatusList, is_set};
pub use token::{Token, TokenKey, sign_token};
pub use verify::{Examination, Library, verify};
pub use vocabulary::{CREDENTIALS, EXTENSIONS, OPEN_BADGES};
